/** Keying material of IKEv1 (RFC 2409 §5, §5.5 and appendix B): keys, hashes and chains of IVs. */
@NullMarked
package dev.culvert.ike.v1.keymat;

import org.jspecify.annotations.NullMarked;
