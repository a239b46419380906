package dev.culvert.ipsec.sad;

/** What an SA protects (RFC 4301 §4.1). */
public enum SaMode {
    /** A whole IP packet within another one. */
    TUNNEL,
    /** What is behind a packet's own IP header. */
    TRANSPORT
}
