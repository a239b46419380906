/**
 * IKEv1's proposals: between what is configured, alternatives of each kind of algorithm, and the SA payload, where every
 * transform is one complete choice under numbers of its own (RFC 2409 appendix A, RFC 2407 §4.4 and §4.5).
 */
@NullMarked
package dev.culvert.ike.v1.proposal;

import org.jspecify.annotations.NullMarked;
