package dev.culvert.ipsec.esp;

/** Padding, pad length and next header behind the payload (RFC 4303 §2.4 to §2.6), all of them encrypted. */
public final class EspTrailer {
    /** Pad length and next header. */
    public static final int LENGTH = 2;

    /** {@link #payloadLength} of a trailer that no sender writes. */
    public static final int MALFORMED = -1;

    private EspTrailer() {}

    /**
     * Writes the trailer with the default padding 1, 2, 3 … (§2.4) and no more of it than the alignment needs.
     *
     * @param end offset behind the payload
     * @param payloadLength bytes
     * @param padBlock payload and trailer together are a multiple of this
     * @return bytes written
     */
    public static int append(byte[] a, int end, int payloadLength, int padBlock, int nextHeader) {
        int over = (payloadLength + LENGTH) % padBlock;
        int padding = over == 0 ? 0 : padBlock - over;
        for (int i = 0; i < padding; i++) {
            a[end + i] = (byte) (i + 1);
        }
        a[end + padding] = (byte) padding;
        a[end + padding + 1] = (byte) nextHeader;
        return padding + LENGTH;
    }

    /** Of a plaintext that ends with a trailer. */
    public static int nextHeader(byte[] a, int offset, int plainLength) {
        return a[offset + plainLength - 1] & 0xff;
    }

    /**
     * Bytes of payload in an authenticated plaintext that ends with a trailer.
     *
     * @return {@link #MALFORMED} if the padding is longer than the plaintext or is not 1, 2, 3 … (§2.4: "the receiver
     *     SHOULD inspect the Padding field")
     */
    public static int payloadLength(byte[] a, int offset, int plainLength) {
        if (plainLength < LENGTH) {
            return MALFORMED;
        }
        int padding = a[offset + plainLength - LENGTH] & 0xff;
        int payload = plainLength - LENGTH - padding;
        if (payload < 0) {
            return MALFORMED;
        }
        int difference = 0;
        for (int i = 0; i < padding; i++) {
            difference |= a[offset + payload + i] ^ (i + 1);
        }
        return (difference & 0xff) == 0 ? payload : MALFORMED;
    }
}
