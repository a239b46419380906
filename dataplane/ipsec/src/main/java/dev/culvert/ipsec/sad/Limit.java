package dev.culvert.ipsec.sad;

/** What of an SA's lifetime runs out. */
public enum Limit {
    SECONDS,
    BYTES,
    PACKETS,
    /** The sequence number's space (RFC 4303 §3.3.3). */
    SEQUENCE
}
