package dev.culvert.ipsec.ah;

import dev.culvert.wire.BigEndian;

/** The AH header (RFC 4302 §2) as a view over bytes: {@code header} is the offset of its first byte. */
public final class AhHeader {
    public static final int NEXT_HEADER = 0;
    public static final int PAYLOAD_LENGTH = 1;
    public static final int RESERVED = 2;
    public static final int SPI = 4;
    public static final int SEQUENCE = 8;
    public static final int ICV = 12;

    /** Bytes before the ICV. */
    public static final int FIXED_LENGTH = 12;

    private AhHeader() {}

    /** Bytes of a header that we write: a multiple of 4 in IPv4 and of 8 in IPv6 (§2.6). */
    public static int length(int icvLength, int ipVersion) {
        int unit = ipVersion == 4 ? 4 : 8;
        return (FIXED_LENGTH + icvLength + unit - 1) / unit * unit;
    }

    /** Bytes of a header according to itself (§2.2: in 32-bit words, less 2). */
    public static int length(byte[] a, int header) {
        return (BigEndian.u8(a, header + PAYLOAD_LENGTH) + 2) * 4;
    }

    /**
     * Whether a header has a length that some sender gives it: padded to 4 octets, or to 8, which Linux does in IPv4 too
     * unless it is told otherwise.
     */
    public static boolean isLength(int length, int icvLength) {
        return length == length(icvLength, 4) || length == length(icvLength, 6);
    }

    public static int nextHeader(byte[] a, int header) {
        return BigEndian.u8(a, header + NEXT_HEADER);
    }

    public static int spi(byte[] a, int header) {
        return BigEndian.int32(a, header + SPI);
    }

    /** The low 32 bits of the sequence number. */
    public static int sequence(byte[] a, int header) {
        return BigEndian.int32(a, header + SEQUENCE);
    }

    /** Writes a header with an ICV and padding of zeros. */
    public static void write(byte[] a, int header, int length, int nextHeader, int spi, int sequence) {
        BigEndian.putU8(a, header + NEXT_HEADER, nextHeader);
        BigEndian.putU8(a, header + PAYLOAD_LENGTH, length / 4 - 2);
        BigEndian.putU16(a, header + RESERVED, 0);
        BigEndian.putInt32(a, header + SPI, spi);
        BigEndian.putInt32(a, header + SEQUENCE, sequence);
        for (int i = ICV; i < length; i++) {
            a[header + i] = 0;
        }
    }
}
