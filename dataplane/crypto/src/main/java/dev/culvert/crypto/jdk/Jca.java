package dev.culvert.crypto.jdk;

import dev.culvert.crypto.RandomSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import javax.crypto.Cipher;

/** The JCA with its impossible exceptions turned into unchecked ones, and the few byte operations the engine needs. */
final class Jca {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Jca() {}

    static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** For what only a bug or an incomplete JDK can cause. */
    static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("the JDK's cryptography failed: " + e.getMessage(), e);
    }

    /** For the JCA's key generators. */
    static SecureRandom secureRandom(RandomSource random) {
        return new Bridge(random);
    }

    static void putLong(byte[] a, int offset, long value) {
        LONG.set(a, offset, value);
    }

    static void putInt(byte[] a, int offset, int value) {
        INT.set(a, offset, value);
    }

    /** Takes the same time wherever the octets differ. */
    static boolean constantTimeEquals(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= a[aOffset + i] ^ b[bOffset + i];
        }
        return difference == 0;
    }

    private static final class Bridge extends SecureRandom {
        private static final long serialVersionUID = 1L;

        Bridge(RandomSource random) {
            super(new BridgeSpi(random), null);
        }
    }

    private static final class BridgeSpi extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        private final transient RandomSource random;

        BridgeSpi(RandomSource random) {
            this.random = random;
        }

        @Override
        protected void engineSetSeed(byte[] seed) {
            // The source seeds itself.
        }

        @Override
        protected void engineNextBytes(byte[] bytes) {
            random.fill(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int numBytes) {
            return random.bytes(numBytes);
        }
    }
}
