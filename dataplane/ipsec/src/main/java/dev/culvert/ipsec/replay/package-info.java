/** Anti-replay (RFC 4303 §3.4.3). */
@NullMarked
package dev.culvert.ipsec.replay;

import org.jspecify.annotations.NullMarked;
