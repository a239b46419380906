package dev.culvert.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * Collects bytes to send in a growing array. Lengths that are known only later are patched in with {@link #putU16} and
 * {@link #putU32}. Not thread-safe.
 */
public final class WireWriter {
    private byte[] array;
    private int size;

    public WireWriter() {
        this(256);
    }

    public WireWriter(int initialCapacity) {
        array = new byte[Math.max(16, initialCapacity)];
    }

    /** Bytes written so far, which is also the offset of the next one. */
    public int size() {
        return size;
    }

    /**
     * Writes one byte.
     *
     * @throws IllegalArgumentException if {@code value} is not in 0 to 255
     */
    public WireWriter u8(int value) {
        checkRange(value, 0xff);
        reserve(1);
        array[size++] = (byte) value;
        return this;
    }

    /**
     * Writes 16 bits.
     *
     * @throws IllegalArgumentException if {@code value} is not in 0 to 65535
     */
    public WireWriter u16(int value) {
        checkRange(value, 0xffff);
        reserve(2);
        BigEndian.putU16(array, size, value);
        size += 2;
        return this;
    }

    /**
     * Writes an unsigned number of 32 bits.
     *
     * @throws IllegalArgumentException if {@code value} is not in 0 to 2³²−1; bits such as an SPI go through
     *     {@link #int32}
     */
    public WireWriter u32(long value) {
        checkRange(value, 0xffffffffL);
        return int32((int) value);
    }

    /** Writes 32 bits as they are, such as an ESP SPI. */
    public WireWriter int32(int value) {
        reserve(4);
        BigEndian.putInt32(array, size, value);
        size += 4;
        return this;
    }

    /** Writes 64 bits as they are, such as an IKE SPI. */
    public WireWriter u64(long value) {
        reserve(8);
        BigEndian.putInt64(array, size, value);
        size += 8;
        return this;
    }

    public WireWriter bytes(byte[] bytes) {
        return bytes(bytes, 0, bytes.length);
    }

    public WireWriter bytes(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        reserve(length);
        System.arraycopy(source, offset, array, size, length);
        size += length;
        return this;
    }

    public WireWriter zeros(int count) {
        if (count < 0) {
            throw new IllegalArgumentException(count + " zeros cannot be written");
        }
        reserve(count);
        Arrays.fill(array, size, size + count, (byte) 0);
        size += count;
        return this;
    }

    /** Writes the 4 or 16 bytes of an address. */
    public WireWriter address(IpAddress address) {
        reserve(address.length());
        address.writeTo(array, size);
        size += address.length();
        return this;
    }

    /** Overwrites 8 bits that were written before, at {@code offset}. */
    public WireWriter putU8(int offset, int value) {
        checkRange(value, 0xff);
        Objects.checkFromIndexSize(offset, 1, size);
        array[offset] = (byte) value;
        return this;
    }

    /** Overwrites 16 bits that were written before, at {@code offset}. */
    public WireWriter putU16(int offset, int value) {
        checkRange(value, 0xffff);
        Objects.checkFromIndexSize(offset, 2, size);
        BigEndian.putU16(array, offset, value);
        return this;
    }

    /** Overwrites 32 bits that were written before, at {@code offset}. */
    public WireWriter putU32(int offset, long value) {
        checkRange(value, 0xffffffffL);
        Objects.checkFromIndexSize(offset, 4, size);
        BigEndian.putInt32(array, offset, (int) value);
        return this;
    }

    /** A copy of everything written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(array, size);
    }

    private void reserve(int more) {
        if (more > array.length - size) {
            array = Arrays.copyOf(array, Math.max(Math.addExact(size, more), 2 * array.length));
        }
    }

    private static void checkRange(long value, long maximum) {
        if (value < 0 || value > maximum) {
            throw new IllegalArgumentException(value + " is not in 0 to " + maximum);
        }
    }
}
