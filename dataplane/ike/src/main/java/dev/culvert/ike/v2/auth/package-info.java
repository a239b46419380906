/** Authentication of IKEv2's two ends (RFC 7296 §2.15). */
@NullMarked
package dev.culvert.ike.v2.auth;

import org.jspecify.annotations.NullMarked;
