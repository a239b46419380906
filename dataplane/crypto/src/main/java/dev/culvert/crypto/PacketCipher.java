package dev.culvert.crypto;

/**
 * Encrypts or decrypts the ESP packets of one SA in one direction (RFC 4303 §3.3.2, §3.4.4; RFC 4106, RFC 7634, RFC
 * 3602). Works on heap arrays, allocates nothing itself beyond what the JDK does. Not thread-safe: one per SA,
 * direction and worker.
 *
 * <p>Layout at {@code espOffset}: ESP header (SPI, low 32 bits of the sequence number; 8 octets), IV, ciphertext of
 * payload with ESP trailer, ICV. With ESN the high 32 bits are authenticated and not sent.
 */
public interface PacketCipher extends AutoCloseable {
    int ESP_HEADER_LENGTH = 8;

    /** What {@link #open} returns for a packet that is not authentic. */
    int NOT_AUTHENTIC = -1;

    /** Octets between the ESP header and the ciphertext. */
    int ivLength();

    /** Octets behind the ciphertext. */
    int icvLength();

    /** Payload, padding, Pad Length and Next Header together are a multiple of this: at least 4. */
    int padBlock();

    /** Octets that ESP header, IV and ICV add to a padded plaintext. */
    default int overhead() {
        return ESP_HEADER_LENGTH + ivLength() + icvLength();
    }

    /**
     * Seals a packet in place: writes IV and ICV, encrypts the plaintext between them.
     *
     * @param packet with the ESP header already written at {@code espOffset}, the plaintext at {@code espOffset + 8 +
     *     ivLength()}, and room for the ICV behind it
     * @param plainLength payload with ESP trailer; a multiple of {@link #padBlock()}
     * @param sequence the whole sequence number, its low 32 bits being those of the header; never the same twice
     */
    void seal(byte[] packet, int espOffset, int plainLength, long sequence);

    /**
     * Verifies a packet and then decrypts it into another array. Nothing is written to {@code out} unless the packet is
     * authentic.
     *
     * @param length from the ESP header to the end of the ICV
     * @param sequenceHigh the high 32 bits that the replay window expects; ignored without ESN
     * @param out never {@code in}; needs {@code length - overhead()} octets from {@code outOffset}
     * @return octets of plaintext, ESP trailer included, or {@link #NOT_AUTHENTIC} when the length is impossible or the
     *     ICV is wrong
     */
    int open(byte[] in, int espOffset, int length, int sequenceHigh, byte[] out, int outOffset);

    /** Forgets the keys, as far as the JDK lets go of them. */
    @Override
    void close();
}
