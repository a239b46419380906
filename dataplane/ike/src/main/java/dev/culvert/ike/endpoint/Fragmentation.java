package dev.culvert.ike.endpoint;

/**
 * Whether IKE messages may travel in fragments of their own, which no firewall drops as it does those of IP (RFC 7383).
 *
 * @param datagramSize the longest IP packet that carries a fragment, its own headers included; once requests go
 *     unanswered, fragments are made for {@link #NARROW} octets
 */
public record Fragmentation(Mode mode, int datagramSize) {
    /** What every path carries as long as it carries IPv6 (RFC 7383 §2.5.1). */
    public static final int USUAL = 1280;
    /** What every IPv4 host takes (RFC 7383 §2.5.1). */
    public static final int NARROW = 576;
    /** Headers, and still something in a fragment. */
    private static final int SMALLEST = 256;

    public static final Fragmentation DEFAULT = new Fragmentation(Mode.YES, USUAL);
    public static final Fragmentation NONE = new Fragmentation(Mode.NO, USUAL);

    /** As strongSwan's {@code fragmentation}; its {@code force} differs only in IKEv1. */
    public enum Mode {
        /** Fragments are sent and taken if the peer can. */
        YES,
        /** Fragments are taken, but not sent. */
        ACCEPT,
        NO
    }

    public Fragmentation {
        if (datagramSize < SMALLEST || datagramSize > 0xffff) {
            throw new IllegalArgumentException(
                    "fragments for packets of " + datagramSize + " octets; allowed: " + SMALLEST + " to 65535");
        }
    }

    /** Whether the peer is told that we take fragments. */
    public boolean isOffered() {
        return mode != Mode.NO;
    }

    public boolean isSent() {
        return mode == Mode.YES;
    }
}
