package dev.culvert.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.
 *
 * <p>A <em>partial sum</em> is an unfolded sum in native byte order (RFC 1071 §2(B)); partial sums of parts that begin at
 * even distances are added with {@code +}, and {@link #finish} makes the checksum of them.
 */
public final class Checksum {
    private static final VarHandle NATIVE_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /** The checksum of a range, 0 to 65535. Zero for a range that holds its own right checksum. */
    public static int of(byte[] array, int offset, int length) {
        return finish(partialSum(array, offset, length));
    }

    /**
     * The checksum of a TCP, UDP or ICMPv6 message with its pseudo-header. Zero if the message holds its own right
     * checksum. (A UDP sender writes 0xffff in place of zero.)
     *
     * @param ipHeader offset of the IPv4 or IPv6 header, whose addresses count
     * @param protocol of the upper layer
     * @param offset of the upper layer's header
     * @param length bytes of the upper layer's message
     */
    public static int ofUpperLayer(byte[] array, int ipHeader, int protocol, int offset, int length) {
        return finish(pseudoHeaderSum(array, ipHeader, protocol, length) + partialSum(array, offset, length));
    }

    /** The partial sum of the pseudo-header (RFC 793 §3.1, RFC 8200 §8.1). */
    public static long pseudoHeaderSum(byte[] array, int ipHeader, int protocol, int length) {
        long addresses = Ipv4Header.version(array, ipHeader) == 4
                ? partialSum(array, ipHeader + Ipv4Header.SOURCE, 8)
                : partialSum(array, ipHeader + Ipv6Header.SOURCE, 32);
        return addresses + word(protocol) + word(length >>> 16) + word(length & 0xffff);
    }

    /**
     * The partial sum of a range; an odd last byte counts as if a zero followed.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static long partialSum(byte[] array, int offset, int length) {
        long sum = 0;
        int words = length >>> 2;
        // An int counter with a long sum of zero-extended ints: this is the shape that the JIT turns into vectors.
        for (int i = 0; i < words; i++) {
            sum += (int) NATIVE_INT.get(array, offset + 4 * i) & 0xffffffffL;
        }
        int at = offset + 4 * words;
        int left = length & 3;
        if (left >= 2) {
            sum += word(BigEndian.u16(array, at));
        }
        if ((left & 1) != 0) {
            sum += word((array[offset + length - 1] & 0xff) << 8);
        }
        return sum;
    }

    /** Folds a partial sum and complements it: the checksum as a number, to be written in network byte order. */
    public static int finish(long partialSum) {
        long sum = (partialSum & 0xffffffffL) + (partialSum >>> 32);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~word((int) sum) & 0xffff;
    }

    /** The checksum after one 16-bit word changed from {@code before} to {@code after} (RFC 1624 §3, equation 3). */
    public static int update(int checksum, int before, int after) {
        int sum = (~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }

    /** A 16-bit word of network byte order as native order has it, and the reverse. */
    private static int word(int value) {
        return LITTLE_ENDIAN ? Short.reverseBytes((short) value) & 0xffff : value;
    }
}
