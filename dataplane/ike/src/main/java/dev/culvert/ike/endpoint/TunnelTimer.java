package dev.culvert.ike.endpoint;

/** The timers of a tunnel. */
enum TunnelTimer {
    /** The next attempt to bring up the IKE SA or a child. */
    RETRY,
    /** The IKE SA is to be made anew, with authentication. */
    REAUTHENTICATE,
    /** The redundant one of two IKE SAs is to go, or the peer should have deleted it by now. */
    DUPLICATE
}
