package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable string of octets, compared by content. Not for secrets: {@link #toString} shows it in hexadecimal. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** A copy of {@code octets}. */
    public static Bytes of(byte[] octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    /** A copy of {@code length} octets from {@code offset}. */
    public static Bytes of(byte[] octets, int offset, int length) {
        return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(octets, offset, offset + length));
    }

    public static Bytes utf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Four octets, big-endian: an ESP or AH SPI. */
    public static Bytes ofInt(int value) {
        return new Bytes(new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value});
    }

    /** Eight octets, big-endian: an IKE SPI. */
    public static Bytes ofLong(long value) {
        byte[] octets = new byte[8];
        for (int i = 0; i < 8; i++) {
            octets[i] = (byte) (value >>> (56 - 8 * i));
        }
        return new Bytes(octets);
    }

    /**
     * Reads hexadecimal digits.
     *
     * @throws IllegalArgumentException if {@code hex} is anything else
     */
    public static Bytes ofHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    public int length() {
        return octets.length;
    }

    public boolean isEmpty() {
        return octets.length == 0;
    }

    /** The octet at {@code index}, 0 to 255. */
    public int at(int index) {
        return octets[index] & 0xff;
    }

    /** Two octets at {@code offset} as an unsigned number. */
    public int u16(int offset) {
        return at(offset) << 8 | at(offset + 1);
    }

    /** Four octets at {@code offset}, big-endian. */
    public int u32(int offset) {
        return u16(offset) << 16 | u16(offset + 2);
    }

    /** Eight octets at {@code offset}, big-endian. */
    public long u64(int offset) {
        return Integer.toUnsignedLong(u32(offset)) << 32 | Integer.toUnsignedLong(u32(offset + 4));
    }

    public Bytes slice(int offset, int length) {
        if (offset < 0 || length < 0 || length > octets.length - offset) {
            throw new IndexOutOfBoundsException(length + " octets at " + offset + " of " + octets.length);
        }
        return of(octets, offset, length);
    }

    /** A copy. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** Copies all octets to {@code target} at {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(octets, 0, target, offset, octets.length);
    }

    public void writeTo(WireWriter out) {
        out.bytes(octets);
    }

    public boolean startsWith(Bytes prefix) {
        return octets.length >= prefix.octets.length
                && Arrays.equals(octets, 0, prefix.octets.length, prefix.octets, 0, prefix.octets.length);
    }

    public String toUtf8() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    public String toHex() {
        return HexFormat.of().formatHex(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
