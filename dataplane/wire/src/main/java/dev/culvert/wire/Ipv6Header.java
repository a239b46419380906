package dev.culvert.wire;

/**
 * An IPv6 header (RFC 8200 §3) as a view over bytes: {@code header} is the offset of its first byte. Extension headers
 * are passed over by {@link #upperLayer}.
 */
public final class Ipv6Header {
    /** Bytes, always. */
    public static final int LENGTH = 40;

    public static final int VERSION_CLASS_FLOW = 0;
    public static final int PAYLOAD_LENGTH = 4;
    public static final int NEXT_HEADER = 6;
    public static final int HOP_LIMIT = 7;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;

    /** Extension headers that {@link #upperLayer} passes at most; more is no honest packet. */
    public static final int MAXIMUM_EXTENSION_HEADERS = 8;

    private Ipv6Header() {}

    /**
     * Whether {@code available} bytes hold a whole IPv6 packet. Bytes behind the payload are allowed (RFC 4303 §2.7 TFC
     * padding); jumbograms (RFC 2675) are not.
     */
    public static boolean isValid(byte[] a, int header, int available) {
        return available >= LENGTH && version(a, header) == 6 && totalLength(a, header) <= available;
    }

    public static int version(byte[] a, int header) {
        return (a[header] & 0xf0) >>> 4;
    }

    /** DSCP (6 bits) and ECN (2 bits). */
    public static int trafficClass(byte[] a, int header) {
        return BigEndian.u16(a, header) >>> 4 & 0xff;
    }

    public static void trafficClass(byte[] a, int header, int value) {
        BigEndian.putU16(a, header, (BigEndian.u16(a, header) & 0xf00f) | (value & 0xff) << 4);
    }

    /** Bytes behind this header, extension headers included. */
    public static int payloadLength(byte[] a, int header) {
        return BigEndian.u16(a, header + PAYLOAD_LENGTH);
    }

    public static void payloadLength(byte[] a, int header, int value) {
        BigEndian.putU16(a, header + PAYLOAD_LENGTH, value);
    }

    /** Bytes of header and payload. */
    public static int totalLength(byte[] a, int header) {
        return LENGTH + payloadLength(a, header);
    }

    /** An {@link IpProtocol} number, maybe of an extension header. */
    public static int nextHeader(byte[] a, int header) {
        return a[header + NEXT_HEADER] & 0xff;
    }

    public static int hopLimit(byte[] a, int header) {
        return a[header + HOP_LIMIT] & 0xff;
    }

    public static long sourceHigh(byte[] a, int header) {
        return BigEndian.int64(a, header + SOURCE);
    }

    public static long sourceLow(byte[] a, int header) {
        return BigEndian.int64(a, header + SOURCE + 8);
    }

    public static long destinationHigh(byte[] a, int header) {
        return BigEndian.int64(a, header + DESTINATION);
    }

    public static long destinationLow(byte[] a, int header) {
        return BigEndian.int64(a, header + DESTINATION + 8);
    }

    /**
     * Walks over hop-by-hop, routing, destination-option, fragment and mobility headers (RFC 8200 §4).
     *
     * @param available bytes of the packet, at least {@link #LENGTH}
     * @return the upper layer's protocol in the low 8 bits and its offset from {@code header} above them
     *     ({@link #protocolOf}, {@link #offsetOf}). For a fragment other than the first, and where the chain is cut short
     *     or too long, the protocol is {@link IpProtocol#NONE} and the offset {@code available}.
     */
    public static int upperLayer(byte[] a, int header, int available) {
        int protocol = nextHeader(a, header);
        int at = LENGTH;
        for (int passed = 0; passed <= MAXIMUM_EXTENSION_HEADERS; passed++) {
            int length;
            switch (protocol) {
                case IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.DESTINATION_OPTIONS, IpProtocol.MOBILITY -> {
                    if (available - at < 8) {
                        return pack(IpProtocol.NONE, available);
                    }
                    length = 8 + 8 * BigEndian.u8(a, header + at + 1);
                }
                case IpProtocol.FRAGMENT -> {
                    if (available - at < 8 || BigEndian.u16(a, header + at + 2) >>> 3 != 0) {
                        return pack(IpProtocol.NONE, available);
                    }
                    length = 8;
                }
                default -> {
                    return pack(protocol, at);
                }
            }
            if (length > available - at) {
                return pack(IpProtocol.NONE, available);
            }
            protocol = BigEndian.u8(a, header + at);
            at += length;
        }
        return pack(IpProtocol.NONE, available);
    }

    public static int protocolOf(int upperLayer) {
        return upperLayer & 0xff;
    }

    public static int offsetOf(int upperLayer) {
        return upperLayer >>> 8;
    }

    /** Writes a header with hop limit 64, traffic class and flow label zero. */
    public static void write(
            byte[] a, int header, int payloadLength, int nextHeader, IpAddress source, IpAddress destination) {
        BigEndian.putInt32(a, header + VERSION_CLASS_FLOW, 0x60000000);
        BigEndian.putU16(a, header + PAYLOAD_LENGTH, payloadLength);
        BigEndian.putU8(a, header + NEXT_HEADER, nextHeader);
        BigEndian.putU8(a, header + HOP_LIMIT, 64);
        source.writeTo(a, header + SOURCE);
        destination.writeTo(a, header + DESTINATION);
    }

    private static int pack(int protocol, int offset) {
        return offset << 8 | protocol;
    }
}
