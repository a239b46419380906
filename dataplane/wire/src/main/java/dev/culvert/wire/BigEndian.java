package dev.culvert.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Network byte order numbers in a byte array at any alignment. {@code u} reads are zero-extended; {@code int32} and
 * {@code int64} give the bits as they are, which is how this project keeps SPIs.
 *
 * <p>All methods throw {@link IndexOutOfBoundsException} outside the array: on the packet path lengths are checked
 * first, and a caller that did not has a bug.
 */
public final class BigEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private BigEndian() {}

    public static int u8(byte[] array, int offset) {
        return array[offset] & 0xff;
    }

    public static int u16(byte[] array, int offset) {
        return (short) SHORT.get(array, offset) & 0xffff;
    }

    /** An unsigned 32-bit number, 0 to 2³²−1. */
    public static long u32(byte[] array, int offset) {
        return (int) INT.get(array, offset) & 0xffffffffL;
    }

    /** 32 bits as they are, such as an SPI. */
    public static int int32(byte[] array, int offset) {
        return (int) INT.get(array, offset);
    }

    /** 64 bits as they are. */
    public static long int64(byte[] array, int offset) {
        return (long) LONG.get(array, offset);
    }

    /** Writes the low 8 bits. */
    public static void putU8(byte[] array, int offset, int value) {
        array[offset] = (byte) value;
    }

    /** Writes the low 16 bits. */
    public static void putU16(byte[] array, int offset, int value) {
        SHORT.set(array, offset, (short) value);
    }

    public static void putInt32(byte[] array, int offset, int value) {
        INT.set(array, offset, value);
    }

    /** Writes the low 32 bits. */
    public static void putU32(byte[] array, int offset, long value) {
        INT.set(array, offset, (int) value);
    }

    public static void putInt64(byte[] array, int offset, long value) {
        LONG.set(array, offset, value);
    }
}
