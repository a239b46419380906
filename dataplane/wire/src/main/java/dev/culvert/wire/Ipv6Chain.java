package dev.culvert.wire;

/**
 * Where ESP and AH stand among the headers of an IPv6 packet (RFC 8200 §4.1). A place is one number: the protocol that
 * stands there, its offset, and the offset of the "next header" octet that names it, both from the IPv6 header.
 */
public final class Ipv6Chain {
    /** No such place: the chain is cut short, too long, or a fragment's. */
    public static final long NONE = -1;

    private static final int MINIMUM_EXTENSION = 8;

    private Ipv6Chain() {}

    /** What a walk looks for. */
    private enum Aim {
        BEHIND_EXTENSIONS,
        INSERTION,
        FRAGMENT
    }

    /**
     * Walks over hop-by-hop, routing and destination options to whatever is behind them: ESP, AH or an upper layer.
     *
     * @param available bytes of the packet, at least {@link Ipv6Header#LENGTH}
     * @return {@link #NONE} also for a fragment: neither ESP nor AH is looked for in one (RFC 4303 §3.4.1)
     */
    public static long behindExtensions(byte[] a, int header, int available) {
        return walk(a, header, available, Aim.BEHIND_EXTENSIONS);
    }

    /**
     * Where ESP or AH goes in transport mode: behind hop-by-hop and routing headers and the destination options that stand
     * before a routing header, before everything else (RFC 4303 §3.1.1, RFC 4302 §3.1.1).
     *
     * @param available bytes of the packet, at least {@link Ipv6Header#LENGTH}
     */
    public static long insertion(byte[] a, int header, int available) {
        return walk(a, header, available, Aim.INSERTION);
    }

    /**
     * The fragment header.
     *
     * @param available bytes of the packet, at least {@link Ipv6Header#LENGTH}
     * @return {@link #NONE} if the packet is no fragment
     */
    public static long fragment(byte[] a, int header, int available) {
        return walk(a, header, available, Aim.FRAGMENT);
    }

    /** An {@link IpProtocol} number. */
    public static int protocolOf(long place) {
        return (int) place & 0xff;
    }

    /** Bytes from the IPv6 header. */
    public static int offsetOf(long place) {
        return (int) (place >>> 8) & 0xffff;
    }

    /** Offset of the octet that names the protocol, from the IPv6 header. */
    public static int nameOf(long place) {
        return (int) (place >>> 24) & 0xffff;
    }

    private static long walk(byte[] a, int header, int available, Aim aim) {
        int name = Ipv6Header.NEXT_HEADER;
        int at = Ipv6Header.LENGTH;
        for (int passed = 0; passed <= Ipv6Header.MAXIMUM_EXTENSION_HEADERS; passed++) {
            int protocol = BigEndian.u8(a, header + name);
            switch (protocol) {
                case IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.DESTINATION_OPTIONS -> {
                    int length = extensionLength(a, header + at, available - at);
                    if (length == 0) {
                        return NONE;
                    }
                    if (aim == Aim.INSERTION
                            && protocol == IpProtocol.DESTINATION_OPTIONS
                            && BigEndian.u8(a, header + at) != IpProtocol.ROUTING) {
                        return place(protocol, at, name);
                    }
                    name = at;
                    at += length;
                }
                case IpProtocol.FRAGMENT -> {
                    return aim == Aim.FRAGMENT && available - at >= MINIMUM_EXTENSION
                            ? place(protocol, at, name)
                            : NONE;
                }
                default -> {
                    return aim == Aim.FRAGMENT ? NONE : place(protocol, at, name);
                }
            }
        }
        return NONE;
    }

    /** Bytes of an extension header; 0 if it does not fit. */
    private static int extensionLength(byte[] a, int at, int available) {
        if (available < MINIMUM_EXTENSION) {
            return 0;
        }
        int length = MINIMUM_EXTENSION + 8 * BigEndian.u8(a, at + 1);
        return length > available ? 0 : length;
    }

    /** Puts a place together. */
    public static long place(int protocol, int offset, int name) {
        return (long) name << 24 | (long) offset << 8 | protocol;
    }
}
