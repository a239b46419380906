package dev.culvert.crypto.jdk;

import java.math.BigInteger;
import java.util.Arrays;

/** Non-negative integers as octet strings of a fixed length. */
final class FixedLength {
    private FixedLength() {}

    /** Big-endian with leading zeros. The value must fit. */
    static byte[] bigEndian(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        try {
            byte[] result = new byte[length];
            int from = Math.max(0, bytes.length - length);
            System.arraycopy(bytes, from, result, length - (bytes.length - from), bytes.length - from);
            return result;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    static BigInteger parse(byte[] a, int offset, int length) {
        return new BigInteger(1, a, offset, length);
    }

    static byte[] reversed(byte[] a) {
        byte[] result = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            result[i] = a[a.length - 1 - i];
        }
        return result;
    }
}
