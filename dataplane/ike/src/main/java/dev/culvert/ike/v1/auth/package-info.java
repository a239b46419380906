/** Authentication of IKEv1's two ends in phase 1 (RFC 2409 §5.1 and §5.4, RFC 4754). */
@NullMarked
package dev.culvert.ike.v1.auth;

import org.jspecify.annotations.NullMarked;
