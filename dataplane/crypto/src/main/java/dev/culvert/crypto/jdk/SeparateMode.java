package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encryption that leaves integrity to another algorithm: CBC (RFC 3602, RFC 2451), counter mode (RFC 3686) and none (RFC
 * 2410). Not thread-safe: holds one cipher and its key.
 */
final class SeparateMode {
    /** RFC 3686 §4: the block counter in the last 4 octets begins with one. */
    private static final int COUNTER_BLOCK = 16;

    private final EncryptionAlgorithm algorithm;

    /** Both absent where nothing is encrypted. */
    private final @Nullable Cipher cipher;

    private final @Nullable SecretKeySpec key;

    /** Nonce, IV, and the counter of one; of use with counter mode only. */
    private final byte[] counterBlock = new byte[COUNTER_BLOCK];

    /** @param keyAndSalt the nonce of counter mode at its end (RFC 3686 §5.1); copied */
    SeparateMode(EncryptionAlgorithm algorithm, SecretBytes keyAndSalt) {
        this.algorithm = algorithm;
        byte[] octets = keyAndSalt.bytes();
        int keyLength = octets.length - algorithm.saltLength();
        switch (algorithm) {
            case AES_CBC -> {
                cipher = Jca.cipher("AES/CBC/NoPadding");
                key = new SecretKeySpec(octets, "AES");
            }
            case TRIPLE_DES_CBC -> {
                cipher = Jca.cipher("DESede/CBC/NoPadding");
                key = new SecretKeySpec(octets, "DESede");
            }
            case AES_CTR -> {
                cipher = Jca.cipher("AES/CTR/NoPadding");
                key = new SecretKeySpec(octets, 0, keyLength, "AES");
                System.arraycopy(octets, keyLength, counterBlock, 0, algorithm.saltLength());
                counterBlock[COUNTER_BLOCK - 1] = 1;
            }
            case NULL -> {
                cipher = null;
                key = null;
            }
            default -> throw new IllegalArgumentException(algorithm + " does not leave integrity to another");
        }
    }

    int ivLength() {
        return algorithm.ivLength();
    }

    int blockSize() {
        return algorithm.blockSize();
    }

    /** Whether an IV has to be unpredictable (RFC 3602 §3); otherwise it must only never come twice. */
    boolean needsRandomIv() {
        return algorithm.blockSize() > 1;
    }

    /**
     * @param direction {@link Cipher#ENCRYPT_MODE} or {@link Cipher#DECRYPT_MODE}
     * @param ivOffset of the IV in {@code in}, with what is to be ciphered right behind it
     * @return octets written: as many as read
     */
    int run(int direction, byte[] in, int ivOffset, int length, byte[] out, int outOffset)
            throws GeneralSecurityException {
        int offset = ivOffset + algorithm.ivLength();
        if (cipher == null || key == null) {
            System.arraycopy(in, offset, out, outOffset, length);
            return length;
        }
        if (algorithm.saltLength() == 0) {
            cipher.init(direction, key, new IvParameterSpec(in, ivOffset, algorithm.ivLength()));
        } else {
            System.arraycopy(in, ivOffset, counterBlock, algorithm.saltLength(), algorithm.ivLength());
            cipher.init(direction, key, new IvParameterSpec(counterBlock));
        }
        return cipher.doFinal(in, offset, length, out, outOffset);
    }
}
