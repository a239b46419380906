package dev.culvert.crypto;

import dev.culvert.crypto.jdk.Macs;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/** Integrity without encryption, over octets given in pieces: what AH needs (RFC 4302 §3.2). Owned by one worker. */
public final class PacketMac {
    private final Mac mac;
    private final byte[] output;
    private final int icvLength;

    private PacketMac(Mac mac, int icvLength) {
        this.mac = mac;
        output = new byte[mac.getMacLength()];
        this.icvLength = icvLength;
    }

    /**
     * @param key of {@link IntegrityAlgorithm#keyLength} octets; copied
     * @throws IllegalArgumentException if it is of another length
     */
    public static PacketMac of(IntegrityAlgorithm algorithm, SecretBytes key) {
        if (key.length() != algorithm.keyLength()) {
            throw new IllegalArgumentException(
                    algorithm + " takes a key of " + algorithm.keyLength() + " octets, not " + key.length());
        }
        return new PacketMac(Macs.keyed(algorithm.function(), key.bytes()), algorithm.icvLength());
    }

    /** Octets. */
    public int icvLength() {
        return icvLength;
    }

    public void update(byte[] a, int offset, int length) {
        mac.update(a, offset, length);
    }

    /** Writes the ICV of what was given since the last one. */
    public void sign(byte[] out, int offset) {
        finish();
        System.arraycopy(output, 0, out, offset, icvLength);
    }

    /** Whether the ICV of what was given since the last one is that at {@code offset}; takes the same time either way. */
    public boolean verify(byte[] in, int offset) {
        finish();
        int difference = 0;
        for (int i = 0; i < icvLength; i++) {
            difference |= output[i] ^ in[offset + i];
        }
        return difference == 0;
    }

    private void finish() {
        try {
            mac.doFinal(output, 0);
        } catch (ShortBufferException e) {
            throw new AssertionError("the output is as long as the MAC", e);
        }
    }
}
