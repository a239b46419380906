package dev.culvert.ike.endpoint;

/** The timers of a tunnel. */
enum TunnelTimer {
    /** The next attempt to bring up the IKE SA or a child. */
    RETRY,
    /** The IKE SA is to be made anew, with authentication. */
    REAUTHENTICATE,
    /** The peer should have deleted the redundant one of two IKE SAs by now. */
    DUPLICATE
}
