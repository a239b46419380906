package dev.culvert.ike.message;

/** IANA "IKEv2 Security Protocol Identifiers" as they stand in proposals, Notify and Delete (RFC 7296 §3.3.1). */
public final class ProtocolId {
    /** In a Notify: about no SA in particular. */
    public static final int NONE = 0;

    public static final int IKE = 1;
    public static final int AH = 2;
    public static final int ESP = 3;

    private ProtocolId() {}
}
