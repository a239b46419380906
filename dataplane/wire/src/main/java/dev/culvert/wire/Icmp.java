package dev.culvert.wire;

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443) headers as a view over bytes: {@code header} is the offset of the type. Selectors
 * take type and code for ports (RFC 4301 §4.4.1.1).
 */
public final class Icmp {
    /** Bytes before the body: type, code, checksum and four bytes that depend on the type. */
    public static final int LENGTH = 8;

    public static final int TYPE = 0;
    public static final int CODE = 1;
    public static final int CHECKSUM = 2;
    /** Of an echo: identifier. */
    public static final int IDENTIFIER = 4;
    /** Of an echo: sequence number. */
    public static final int SEQUENCE = 6;
    /** Of "fragmentation needed" (RFC 1191 §4): the next hop's MTU, 16 bits. */
    public static final int NEXT_HOP_MTU = 6;
    /** Of ICMPv6 "packet too big" (RFC 4443 §3.2): MTU, 32 bits. */
    public static final int V6_MTU = 4;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int FRAGMENTATION_NEEDED = 4;
    public static final int ECHO_REQUEST = 8;
    public static final int V6_PACKET_TOO_BIG = 2;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;

    private Icmp() {}

    public static int type(byte[] a, int header) {
        return a[header + TYPE] & 0xff;
    }

    public static int code(byte[] a, int header) {
        return a[header + CODE] & 0xff;
    }

    /** Type in the high, code in the low 8 bits: what a selector's port range holds (RFC 7296 §3.13.1). */
    public static int typeAndCode(byte[] a, int header) {
        return BigEndian.u16(a, header + TYPE);
    }
}
