package dev.culvert.ike.v1;

/**
 * What the peer can, as its vendor IDs say.
 *
 * @param dpd liveness checks (RFC 3706)
 * @param fragmentation it puts messages together from fragments, the vendors' way
 */
public record PeerFeatures(NatTraversal natTraversal, boolean dpd, boolean fragmentation) {
    public static final PeerFeatures NONE = new PeerFeatures(NatTraversal.NONE, false, false);

    /** With what a later message names beside; NAT traversal is settled by the first ones. */
    public PeerFeatures and(PeerFeatures later) {
        return new PeerFeatures(natTraversal, dpd || later.dpd, fragmentation || later.fragmentation);
    }
}
