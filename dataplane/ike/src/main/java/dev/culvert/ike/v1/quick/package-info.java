/**
 * Phase 2 of IKEv1 (RFC 2409 §5.5): quick mode in both roles, and the pairs of SAs that it makes. They belong to a tunnel,
 * whose {@link dev.culvert.ike.v1.quick.QuickChildren} keeps what is there equal to what is wanted.
 */
@NullMarked
package dev.culvert.ike.v1.quick;

import org.jspecify.annotations.NullMarked;
