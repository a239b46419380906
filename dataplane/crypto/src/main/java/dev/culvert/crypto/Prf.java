package dev.culvert.crypto;

import dev.culvert.crypto.jdk.Macs;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/** A negotiated pseudorandom function and the prf+ built on it (RFC 7296 §2.13). Stateless and thread-safe. */
public final class Prf {
    /** prf+ counts its blocks in one octet. */
    private static final int MAX_BLOCKS = 255;

    private static final byte[] ZERO_KEY = new byte[1];

    private final PrfAlgorithm algorithm;

    private Prf(PrfAlgorithm algorithm) {
        this.algorithm = algorithm;
    }

    public static Prf of(PrfAlgorithm algorithm) {
        return new Prf(algorithm);
    }

    public PrfAlgorithm algorithm() {
        return algorithm;
    }

    /** prf(key, part | part | …); a key of any length, the empty one included. */
    public SecretBytes compute(SecretBytes key, byte[]... parts) {
        Mac mac = keyed(key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return SecretBytes.wrap(mac.doFinal());
    }

    /**
     * prf+ (key, seed), that is T1 | T2 | … with T1 = prf(K, S | 0x01), Tn = prf(K, Tn-1 | S | n).
     *
     * @param length octets wanted; at most 255 times the PRF's output
     */
    public SecretBytes plus(SecretBytes key, byte[] seed, int length) {
        int block = algorithm.outputLength();
        int blocks = (length + block - 1) / block;
        if (length < 0 || blocks > MAX_BLOCKS) {
            throw new IllegalArgumentException(
                    "prf+ of " + algorithm + " yields at most " + MAX_BLOCKS * block + " octets, not " + length);
        }
        Mac mac = keyed(key);
        byte[] whole = new byte[blocks * block];
        try {
            for (int i = 0; i < blocks; i++) {
                if (i > 0) {
                    mac.update(whole, (i - 1) * block, block);
                }
                mac.update(seed);
                mac.update((byte) (i + 1));
                mac.doFinal(whole, i * block);
            }
        } catch (ShortBufferException e) {
            throw new IllegalStateException(e);
        }
        if (whole.length == length) {
            return SecretBytes.wrap(whole);
        }
        SecretBytes result = SecretBytes.wrap(Arrays.copyOf(whole, length));
        Arrays.fill(whole, (byte) 0);
        return result;
    }

    private Mac keyed(SecretBytes key) {
        MacFunction function = algorithm.function();
        return switch (function) {
            case AES_XCBC, AES_CMAC -> {
                if (key.length() == function.outputLength()) {
                    yield Macs.keyed(function, key.bytes());
                }
                byte[] fixed = fixedLengthKey(function, key);
                try {
                    yield Macs.keyed(function, fixed);
                } finally {
                    Arrays.fill(fixed, (byte) 0);
                }
            }
            // HMAC pads its key with zeros, so one zero octet is the same key as none, which the JCA refuses.
            case HMAC_MD5, HMAC_SHA1, HMAC_SHA2_256, HMAC_SHA2_384, HMAC_SHA2_512 ->
                Macs.keyed(function, key.length() == 0 ? ZERO_KEY : key.bytes());
        };
    }

    /**
     * A key of any length for a function that takes 16 octets: AES-XCBC pads a shorter one with zeros (RFC 4434 §2), and
     * the rest is the function itself of the key, under a key of zeros (RFC 4615 §3).
     */
    private static byte[] fixedLengthKey(MacFunction function, SecretBytes key) {
        int length = function.outputLength();
        if (function == MacFunction.AES_XCBC && key.length() < length) {
            return Arrays.copyOf(key.bytes(), length);
        }
        return Macs.keyed(function, new byte[length]).doFinal(key.bytes());
    }
}
