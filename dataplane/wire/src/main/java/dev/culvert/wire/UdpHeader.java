package dev.culvert.wire;

/** A UDP header (RFC 768) as a view over bytes: {@code header} is the offset of its first byte. */
public final class UdpHeader {
    /** Bytes, always. */
    public static final int LENGTH = 8;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int UDP_LENGTH = 4;
    public static final int CHECKSUM = 6;

    private UdpHeader() {}

    public static int sourcePort(byte[] a, int header) {
        return BigEndian.u16(a, header + SOURCE_PORT);
    }

    public static int destinationPort(byte[] a, int header) {
        return BigEndian.u16(a, header + DESTINATION_PORT);
    }

    /** Bytes of header and payload. */
    public static int length(byte[] a, int header) {
        return BigEndian.u16(a, header + UDP_LENGTH);
    }

    /** Zero means that the sender computed none (RFC 768; RFC 3948 §2.1 asks that of encapsulated ESP over IPv4). */
    public static int checksum(byte[] a, int header) {
        return BigEndian.u16(a, header + CHECKSUM);
    }

    /**
     * Writes a header without a checksum.
     *
     * @param length bytes of header and payload
     */
    public static void write(byte[] a, int header, int sourcePort, int destinationPort, int length) {
        BigEndian.putU16(a, header + SOURCE_PORT, sourcePort);
        BigEndian.putU16(a, header + DESTINATION_PORT, destinationPort);
        BigEndian.putU16(a, header + UDP_LENGTH, length);
        BigEndian.putU16(a, header + CHECKSUM, 0);
    }
}
