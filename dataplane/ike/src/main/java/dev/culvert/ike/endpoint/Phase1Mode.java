package dev.culvert.ike.endpoint;

/** How an IKEv1 tunnel establishes its ISAKMP SA (RFC 2409 §5). Means nothing to IKEv2. */
public enum Phase1Mode {
    /** Six messages; identities are encrypted. */
    MAIN,
    /**
     * Three messages; the identities and, with a pre-shared key, what lets anybody who listens guess at the key go in the
     * clear.
     */
    AGGRESSIVE
}
