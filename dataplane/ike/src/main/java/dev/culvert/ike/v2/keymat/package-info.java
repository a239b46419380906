/** Keying material of IKEv2 (RFC 7296 §2.13 to §2.18). */
@NullMarked
package dev.culvert.ike.v2.keymat;

import org.jspecify.annotations.NullMarked;
