package dev.culvert.wire;

/** A TCP header (RFC 9293 §3.1) as a view over bytes: {@code header} is the offset of its first byte. */
public final class TcpHeader {
    /** Bytes without options. */
    public static final int MINIMUM_LENGTH = 20;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int SEQUENCE_NUMBER = 4;
    public static final int ACKNOWLEDGMENT_NUMBER = 8;
    public static final int DATA_OFFSET = 12;
    public static final int FLAGS = 13;
    public static final int WINDOW = 14;
    public static final int CHECKSUM = 16;
    public static final int URGENT_POINTER = 18;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    private TcpHeader() {}

    public static int sourcePort(byte[] a, int header) {
        return BigEndian.u16(a, header + SOURCE_PORT);
    }

    public static int destinationPort(byte[] a, int header) {
        return BigEndian.u16(a, header + DESTINATION_PORT);
    }

    /** Bytes of the header with its options, 0 to 60. */
    public static int headerLength(byte[] a, int header) {
        return (a[header + DATA_OFFSET] & 0xf0) >>> 2;
    }

    public static int flags(byte[] a, int header) {
        return a[header + FLAGS] & 0xff;
    }
}
