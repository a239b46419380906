package dev.culvert.crypto;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Where nonces, SPIs, private keys and IVs come from. {@link #secure()} is thread-safe, {@link #seeded} is not. */
@FunctionalInterface
public interface RandomSource {
    /** Fills the whole array. */
    void fill(byte[] target);

    default byte[] bytes(int length) {
        byte[] result = new byte[length];
        fill(result);
        return result;
    }

    default int nextInt() {
        byte[] b = bytes(Integer.BYTES);
        return b[0] << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
    }

    default long nextLong() {
        return (long) nextInt() << 32 | (nextInt() & 0xffff_ffffL);
    }

    /** The operating system's cryptographic generator. */
    static RandomSource secure() {
        return Secure.INSTANCE;
    }

    /** Repeatable octets for tests and simulations: never for real keys. */
    static RandomSource seeded(long seed) {
        return new SplittableRandom(seed)::nextBytes;
    }

    /** Holds the one secure generator. */
    final class Secure {
        private static final RandomSource INSTANCE = new SecureRandom()::nextBytes;

        private Secure() {}
    }
}
