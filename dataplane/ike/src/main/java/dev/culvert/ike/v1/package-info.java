/**
 * IKEv1 (RFC 2407, 2408, 2409): a world of its own beside IKEv2. {@link dev.culvert.ike.v1.IkeV1} takes the datagrams and
 * commands, a {@link dev.culvert.ike.v1.V1Tunnel} has the ISAKMP SAs and the children of one tunnel. A child's pair of SAs
 * belongs to the tunnel and outlives the {@link dev.culvert.ike.v1.IsakmpSa} under which it was made.
 */
@NullMarked
package dev.culvert.ike.v1;

import org.jspecify.annotations.NullMarked;
