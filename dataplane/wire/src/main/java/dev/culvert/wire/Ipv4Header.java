package dev.culvert.wire;

/**
 * An IPv4 header (RFC 791 §3.1) as a view over bytes: {@code header} is the offset of its first byte. Nothing is
 * checked except where it says so; {@link #isValid} comes first for packets that somebody else made.
 */
public final class Ipv4Header {
    /** Bytes without options. */
    public static final int MINIMUM_LENGTH = 20;

    public static final int VERSION_IHL = 0;
    public static final int TOS = 1;
    public static final int TOTAL_LENGTH = 2;
    public static final int IDENTIFICATION = 4;
    public static final int FLAGS_FRAGMENT_OFFSET = 6;
    public static final int TTL = 8;
    public static final int PROTOCOL = 9;
    public static final int CHECKSUM = 10;
    public static final int SOURCE = 12;
    public static final int DESTINATION = 16;

    /** "Don't fragment", in the 16 bits of {@link #flagsAndFragmentOffset}. */
    public static final int DF = 0x4000;

    /** "More fragments". */
    public static final int MF = 0x2000;

    /** The fragment offset's bits, in units of 8 bytes. */
    public static final int FRAGMENT_OFFSET_MASK = 0x1fff;

    private Ipv4Header() {}

    /**
     * Whether {@code available} bytes hold a whole IPv4 packet: version 4, header and total length plausible. The
     * header checksum is not looked at. Bytes behind the total length are allowed (RFC 4303 §2.7 TFC padding).
     */
    public static boolean isValid(byte[] a, int header, int available) {
        return available >= MINIMUM_LENGTH
                && version(a, header) == 4
                && headerLength(a, header) >= MINIMUM_LENGTH
                && totalLength(a, header) >= headerLength(a, header)
                && totalLength(a, header) <= available;
    }

    public static int version(byte[] a, int header) {
        return (a[header] & 0xf0) >>> 4;
    }

    /** Bytes of the header with its options, 0 to 60. */
    public static int headerLength(byte[] a, int header) {
        return (a[header] & 0x0f) * 4;
    }

    /** The former type of service: DSCP (6 bits) and ECN (2 bits). */
    public static int tos(byte[] a, int header) {
        return a[header + TOS] & 0xff;
    }

    /** Sets DSCP and ECN; the header checksum is left to the caller. */
    public static void tos(byte[] a, int header, int value) {
        a[header + TOS] = (byte) value;
    }

    /** Bytes of header and payload. */
    public static int totalLength(byte[] a, int header) {
        return BigEndian.u16(a, header + TOTAL_LENGTH);
    }

    public static void totalLength(byte[] a, int header, int value) {
        BigEndian.putU16(a, header + TOTAL_LENGTH, value);
    }

    public static int identification(byte[] a, int header) {
        return BigEndian.u16(a, header + IDENTIFICATION);
    }

    public static void identification(byte[] a, int header, int value) {
        BigEndian.putU16(a, header + IDENTIFICATION, value);
    }

    public static int flagsAndFragmentOffset(byte[] a, int header) {
        return BigEndian.u16(a, header + FLAGS_FRAGMENT_OFFSET);
    }

    public static void flagsAndFragmentOffset(byte[] a, int header, int value) {
        BigEndian.putU16(a, header + FLAGS_FRAGMENT_OFFSET, value);
    }

    public static boolean dontFragment(byte[] a, int header) {
        return (flagsAndFragmentOffset(a, header) & DF) != 0;
    }

    /** Whether this is one of several fragments, the first one included. */
    public static boolean isFragment(byte[] a, int header) {
        return (flagsAndFragmentOffset(a, header) & (MF | FRAGMENT_OFFSET_MASK)) != 0;
    }

    /** Whether this is a fragment that does not begin with the next protocol's header. */
    public static boolean isLaterFragment(byte[] a, int header) {
        return (flagsAndFragmentOffset(a, header) & FRAGMENT_OFFSET_MASK) != 0;
    }

    public static int ttl(byte[] a, int header) {
        return a[header + TTL] & 0xff;
    }

    /** An {@link IpProtocol} number. */
    public static int protocol(byte[] a, int header) {
        return a[header + PROTOCOL] & 0xff;
    }

    /** The source address, bits as they are. */
    public static int source(byte[] a, int header) {
        return BigEndian.int32(a, header + SOURCE);
    }

    /** The destination address, bits as they are. */
    public static int destination(byte[] a, int header) {
        return BigEndian.int32(a, header + DESTINATION);
    }

    /** Whether the header checksum is right. */
    public static boolean checksumIsRight(byte[] a, int header) {
        return Checksum.of(a, header, headerLength(a, header)) == 0;
    }

    /** Computes and writes the header checksum. */
    public static void fillChecksum(byte[] a, int header) {
        BigEndian.putU16(a, header + CHECKSUM, 0);
        BigEndian.putU16(a, header + CHECKSUM, Checksum.of(a, header, headerLength(a, header)));
    }

    /**
     * Writes a header without options and with a right checksum: TTL 64, identification and flags zero.
     *
     * @param totalLength bytes of header and payload
     */
    public static void write(byte[] a, int header, int totalLength, int protocol, int source, int destination) {
        BigEndian.putU16(a, header + VERSION_IHL, 0x4500);
        BigEndian.putU16(a, header + TOTAL_LENGTH, totalLength);
        BigEndian.putInt32(a, header + IDENTIFICATION, 0);
        BigEndian.putU8(a, header + TTL, 64);
        BigEndian.putU8(a, header + PROTOCOL, protocol);
        BigEndian.putInt32(a, header + SOURCE, source);
        BigEndian.putInt32(a, header + DESTINATION, destination);
        fillChecksum(a, header);
    }
}
