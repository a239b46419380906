package dev.culvert.ike.v1;

/** What an {@link IsakmpSa} waits for, besides its exchanges. */
enum SaTimer {
    /** The peer that began it has to be through with phase 1. */
    HALF_OPEN,
    /** Time to make another one in its place. */
    RENEW,
    /** Its lifetime is over. */
    LIFE,
    /** Nothing was heard of the peer for a while, or it did not answer. */
    LIVENESS,
    /** Nothing was sent through the NAT for a while. */
    KEEPALIVE,
    /** It is deleted, and late messages of the peer need not be understood any more. */
    GONE
}
