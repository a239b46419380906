package dev.culvert.ike.v1.message;

/** Security protocol identifiers (RFC 2407 §4.4.1). */
public final class ProtocolId {
    public static final int ISAKMP = 1;
    public static final int AH = 2;
    public static final int ESP = 3;
    public static final int IPCOMP = 4;

    private ProtocolId() {}
}
