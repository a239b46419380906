package dev.culvert.crypto;

import java.util.Optional;

/**
 * Encrypts or decrypts the body of SK and SKF payloads in one direction of an IKE SA (RFC 7296 §3.14, RFC 5282, RFC 7383
 * §2.5). Use one object per direction: the sealing one counts its IVs. Not thread-safe.
 */
public interface MessageCipher extends AutoCloseable {
    /**
     * Octets of IV, ciphertext with padding, and ICV for a plaintext of that length. The lengths in the IKE header and in
     * the SK payload's header have to be set from it before sealing.
     */
    int sealedLength(int plainLength);

    /**
     * Seals one message.
     *
     * @param prefix the message from the IKE header to the generic header of the SK payload, or to the fragment numbers of
     *     SKF, all lengths final; what is authenticated but not encrypted
     * @param plaintext the inner payloads; may be empty
     * @return the whole message: prefix, IV, ciphertext, ICV
     */
    byte[] seal(byte[] prefix, byte[] plaintext);

    /**
     * Opens one message.
     *
     * @param message the whole message from the IKE header on
     * @param bodyOffset where the IV begins; the body extends to the end of the message
     * @return the inner payloads without padding; empty when the body is too short, the ICV is wrong or the padding is
     *     longer than the body, which all mean the same to the caller: drop (RFC 7296 §2.21)
     */
    Optional<byte[]> open(byte[] message, int bodyOffset);

    /** Zeroes the keys. */
    @Override
    void close();
}
