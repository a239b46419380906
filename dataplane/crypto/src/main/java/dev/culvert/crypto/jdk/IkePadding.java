package dev.culvert.crypto.jdk;

import java.util.Arrays;
import java.util.Optional;

/** Padding and Pad Length at the end of the plaintext of an SK payload (RFC 7296 §3.14). */
final class IkePadding {
    private IkePadding() {}

    /** Octets of padding, Pad Length not counted, that fill the last block. */
    static int length(int plainLength, int block) {
        return block - 1 - plainLength % block;
    }

    /** Any amount and content is accepted; empty when the padding is longer than what there is. Zeroes its input. */
    static Optional<byte[]> strip(byte[] padded) {
        try {
            int last = padded.length - 1;
            int plainLength = last < 0 ? -1 : last - (padded[last] & 0xff);
            return plainLength < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(padded, plainLength));
        } finally {
            Arrays.fill(padded, (byte) 0);
        }
    }
}
