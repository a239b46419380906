package dev.culvert.ipsec;

/**
 * Why a packet went no further. Each has its counter; {@link #keyword} is its label in metrics and audit logs and stays
 * as it is.
 */
public enum DropReason {
    /** Not an IP packet, or its header contradicts its length. */
    OUT_MALFORMED(Direction.OUTBOUND, "malformed-packet"),
    /** No policy matches (RFC 4301 §5.1: drop). */
    OUT_NO_POLICY(Direction.OUTBOUND, "no-policy"),
    /** A discard policy matches. */
    OUT_DISCARD_POLICY(Direction.OUTBOUND, "discard-policy"),
    /** A policy has it go in the clear, and it came out of the TUN device: nothing led it past. */
    OUT_BYPASS_POLICY(Direction.OUTBOUND, "bypass-policy"),
    /** A policy protects the packet and there is no SA for it, nor was one in time for it: never in the clear. */
    OUT_NO_SA(Direction.OUTBOUND, "no-sa"),
    /** The SA has reached a hard limit of its lifetime. */
    OUT_EXPIRED(Direction.OUTBOUND, "sa-expired"),
    /** The sequence number cannot be increased any more (RFC 4303 §3.3.3). */
    OUT_SEQUENCE_EXHAUSTED(Direction.OUTBOUND, "sequence-exhausted"),
    /** Longer than the tunnel carries and not to be fragmented; answered with ICMP as far as the rate limit allows. */
    OUT_TOO_BIG(Direction.OUTBOUND, "too-big"),
    /** A fragment that cannot be put together with others: malformed, overlapping or of too long a packet. */
    OUT_BAD_FRAGMENT(Direction.OUTBOUND, "bad-fragment"),
    /** Some fragments of a packet came, and the others not in time. */
    OUT_INCOMPLETE(Direction.OUTBOUND, "incomplete"),
    /**
     * Masquerading does not carry it: neither TCP nor UDP nor an ICMP query of ours, or an ICMP error about a packet that
     * did not come this way.
     */
    OUT_UNTRANSLATABLE(Direction.OUTBOUND, "untranslatable"),
    /** Masquerading has as many sessions as it may have, or no port left. */
    OUT_TRANSLATIONS_FULL(Direction.OUTBOUND, "translations-full"),
    /** The batch for the socket has no room left. */
    OUT_QUEUE_FULL(Direction.OUTBOUND, "queue-full"),

    /** A datagram without content. */
    IN_EMPTY(Direction.INBOUND, "empty-datagram"),
    /** Too short for what it claims to be. */
    IN_RUNT(Direction.INBOUND, "runt"),
    /** A raw packet that is no whole IP packet, or a fragment (RFC 4303 §3.4.1). */
    IN_NOT_WHOLE(Direction.INBOUND, "not-whole"),
    /** SPI 1 to 255 (RFC 4303 §2.1). */
    IN_RESERVED_SPI(Direction.INBOUND, "reserved-spi"),
    /** No SA has this SPI. */
    IN_UNKNOWN_SPI(Direction.INBOUND, "unknown-spi"),
    /** The SA has reached a hard limit of its lifetime. */
    IN_EXPIRED(Direction.INBOUND, "sa-expired"),
    /** Seen before, or sequence number 0. */
    IN_REPLAYED(Direction.INBOUND, "replayed"),
    /** Left of the replay window. */
    IN_TOO_OLD(Direction.INBOUND, "left-of-window"),
    /** The integrity check failed. */
    IN_BAD_ICV(Direction.INBOUND, "bad-icv"),
    /** Authenticated, with padding other than 1, 2, 3 … or longer than the payload. */
    IN_BAD_PADDING(Direction.INBOUND, "bad-padding"),
    /** Authenticated dummy packet, next header 59 (RFC 4303 §2.6): not a fault. */
    IN_DUMMY(Direction.INBOUND, "dummy"),
    /** Authenticated, but the next header is not the IP version that the SA carries. */
    IN_BAD_NEXT_HEADER(Direction.INBOUND, "bad-next-header"),
    /** Authenticated, but the inner IP header is malformed. */
    IN_MALFORMED(Direction.INBOUND, "malformed-packet"),
    /** Authenticated, but the inner packet is outside the SA's selectors (RFC 4301 §5.2 step 4). */
    IN_SELECTOR_MISMATCH(Direction.INBOUND, "selector-mismatch"),
    /** For a masqueraded network, and no packet of ours asked for it. */
    IN_NO_TRANSLATION(Direction.INBOUND, "no-translation"),
    /** For a masqueraded network, and a fragment that cannot be put together with others. */
    IN_BAD_FRAGMENT(Direction.INBOUND, "bad-fragment"),
    /** For a masqueraded network: some fragments of a packet came, and the others not in time. */
    IN_INCOMPLETE(Direction.INBOUND, "incomplete"),
    /** Authenticated, and a discard policy is for such packets (RFC 4301 §5.2 step 4). */
    IN_DISCARD_POLICY(Direction.INBOUND, "discard-policy"),
    /** Authenticated, and a bypass policy is for such packets: they come in the clear or not at all. */
    IN_BYPASS_POLICY(Direction.INBOUND, "bypass-policy"),
    /** Congestion was marked on the outer header, and the inner packet's sender would not hear of it (RFC 6040 §4.2). */
    IN_CONGESTION(Direction.INBOUND, "congestion"),
    /** The batch for the TUN device has no room left. */
    IN_QUEUE_FULL(Direction.INBOUND, "queue-full"),
    /** The batch for IKE has no room left. */
    IN_IKE_QUEUE_FULL(Direction.INBOUND, "ike-queue-full");

    /** From the TUN device to the peer, or from the peer to the TUN device. */
    public enum Direction {
        OUTBOUND,
        INBOUND
    }

    private final Direction direction;
    private final String keyword;

    DropReason(Direction direction, String keyword) {
        this.direction = direction;
        this.keyword = keyword;
    }

    public Direction direction() {
        return direction;
    }

    public String keyword() {
        return keyword;
    }
}
