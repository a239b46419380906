package dev.culvert.ike.sa;

/** The timers of an IKE SA. */
public enum SaTimer {
    /** The outstanding request is sent again or given up (RFC 7296 §2.1). */
    RETRANSMIT,
    /** A half-open SA that nobody authenticates is forgotten. */
    HALF_OPEN,
    /** Nothing came from the peer for the DPD delay (RFC 7296 §2.4). */
    LIVENESS,
    /** Nothing was sent through the NAT for the keepalive interval (RFC 3948 §4). */
    KEEPALIVE,
    /** A TCP connection that was lost is opened anew (RFC 9329 §6.1). */
    RECONNECT,
    /** Soft lifetime (RFC 7296 §2.8). */
    REKEY,
    /** A rekeyed SA that its peer should have deleted is deleted by us. */
    ABANDONED,
    /** SAs that wait for additional key exchanges of the peer are given up (RFC 9370 §2.2.4). */
    FOLLOWUP,
    /** Fragments whose message did not get complete are forgotten (RFC 7383 §2.6). */
    FRAGMENTS,
    /** A closed SA has repeated its last response for long enough. */
    LINGER
}
