package dev.culvert.ipsec.esp;

import dev.culvert.wire.BigEndian;

/** The ESP header (RFC 4303 §2) as a view over bytes: {@code header} is the offset of its first byte. */
public final class EspHeader {
    public static final int SPI = 0;
    public static final int SEQUENCE = 4;

    /** Bytes before the IV. */
    public static final int LENGTH = 8;

    private EspHeader() {}

    public static int spi(byte[] a, int header) {
        return BigEndian.int32(a, header + SPI);
    }

    /** The low 32 bits of the sequence number. */
    public static int sequence(byte[] a, int header) {
        return BigEndian.int32(a, header + SEQUENCE);
    }

    public static void write(byte[] a, int header, int spi, int sequence) {
        BigEndian.putInt32(a, header + SPI, spi);
        BigEndian.putInt32(a, header + SEQUENCE, sequence);
    }
}
