package dev.culvert.crypto;

import dev.culvert.crypto.jdk.JdkCiphers;

/**
 * A block cipher in CBC mode and nothing else: no padding, no integrity, IVs given by the caller, as IKEv1 protects its
 * messages (RFC 2409 appendix B). Not thread-safe.
 */
public interface CbcCipher extends AutoCloseable {
    /**
     * @param algorithm {@link EncryptionAlgorithm#AES_CBC} or {@link EncryptionAlgorithm#TRIPLE_DES_CBC}
     * @param key of 16, 24 or 32 octets, 24 for 3DES; copied
     * @throws IllegalArgumentException for another algorithm or a key of another length
     */
    static CbcCipher of(EncryptionAlgorithm algorithm, SecretBytes key) {
        return JdkCiphers.cbc(algorithm, key);
    }

    /** Octets of a block, and of an IV. */
    int blockSize();

    /**
     * @param iv one block
     * @param blocks any number of whole blocks
     * @throws IllegalArgumentException if they are not
     */
    byte[] encrypt(byte[] iv, byte[] blocks);

    /** The reverse of {@link #encrypt}. */
    byte[] decrypt(byte[] iv, byte[] blocks);

    /** Zeroes the key. */
    @Override
    void close();
}
