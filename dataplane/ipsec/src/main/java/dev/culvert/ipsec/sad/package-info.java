/** The security association database (RFC 4301 §4.4.2): parameters, counters and lifetimes of each SA. */
@NullMarked
package dev.culvert.ipsec.sad;

import org.jspecify.annotations.NullMarked;
