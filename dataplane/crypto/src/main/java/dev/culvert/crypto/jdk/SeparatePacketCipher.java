package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * ESP with encryption and integrity apart: AES-CBC (RFC 3602), AES-CTR (RFC 3686), 3DES (RFC 2451) or none (RFC 2410),
 * and a truncated MAC (RFC 2404, RFC 3566, RFC 4494, RFC 4868) over header, IV and ciphertext.
 */
final class SeparatePacketCipher implements PacketCipher {
    /** RFC 4303 §2.4: the ciphertext ends on a 4-octet boundary. */
    private static final int ALIGNMENT = 4;

    private final SeparateMode mode;
    private final Mac mac;
    private final byte[] macOutput;
    private final int icvLength;
    private final boolean esn;
    private final byte[] sequenceHighOctets = new byte[Integer.BYTES];
    private final RandomSource random;

    /** Only the sealing direction ever needs one. */
    private @Nullable IvGenerator ivs;

    SeparatePacketCipher(
            EncryptionAlgorithm encryption,
            SecretBytes encryptionKey,
            IntegrityAlgorithm integrity,
            SecretBytes integrityKey,
            boolean esn,
            RandomSource random) {
        this.mode = new SeparateMode(encryption, encryptionKey);
        this.mac = Macs.keyed(integrity.function(), integrityKey.bytes());
        this.macOutput = new byte[mac.getMacLength()];
        this.icvLength = integrity.icvLength();
        this.esn = esn;
        this.random = random;
    }

    @Override
    public int ivLength() {
        return mode.ivLength();
    }

    @Override
    public int icvLength() {
        return icvLength;
    }

    @Override
    public int padBlock() {
        return Math.max(ALIGNMENT, mode.blockSize());
    }

    @Override
    public void seal(byte[] packet, int espOffset, int plainLength, long sequence) {
        if (plainLength % mode.blockSize() != 0) {
            throw new IllegalArgumentException("plaintext of " + plainLength + " octets is not padded");
        }
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        if (mode.needsRandomIv()) {
            if (ivs == null) {
                ivs = new IvGenerator(random);
            }
            ivs.next(packet, ivOffset, mode.ivLength());
        } else if (mode.ivLength() > 0) {
            Jca.putLong(packet, ivOffset, sequence);
        }
        sealBehindIv(packet, espOffset, plainLength, (int) (sequence >>> Integer.SIZE));
    }

    /** With the IV already in the packet, for known answers. */
    void sealBehindIv(byte[] packet, int espOffset, int plainLength, int sequenceHigh) {
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        int plainOffset = ivOffset + mode.ivLength();
        try {
            mode.run(Cipher.ENCRYPT_MODE, packet, ivOffset, plainLength, packet, plainOffset);
            computeIcv(packet, espOffset, plainOffset + plainLength, sequenceHigh);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        System.arraycopy(macOutput, 0, packet, plainOffset + plainLength, icvLength);
    }

    @Override
    public int open(byte[] in, int espOffset, int length, int sequenceHigh, byte[] out, int outOffset) {
        int plainLength = length - overhead();
        if (plainLength < 0 || plainLength % mode.blockSize() != 0) {
            return NOT_AUTHENTIC;
        }
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        int icvOffset = ivOffset + mode.ivLength() + plainLength;
        try {
            computeIcv(in, espOffset, icvOffset, sequenceHigh);
            if (!Jca.constantTimeEquals(macOutput, 0, in, icvOffset, icvLength)) {
                return NOT_AUTHENTIC;
            }
            return mode.run(Cipher.DECRYPT_MODE, in, ivOffset, plainLength, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    /** RFC 4303 §2.2.1: with ESN the high bits are authenticated behind the ciphertext. */
    private void computeIcv(byte[] packet, int from, int to, int sequenceHigh) throws GeneralSecurityException {
        mac.update(packet, from, to - from);
        if (esn) {
            Jca.putInt(sequenceHighOctets, 0, sequenceHigh);
            mac.update(sequenceHighOctets);
        }
        mac.doFinal(macOutput, 0);
    }

    @Override
    public void close() {
        // The JCA's copies of the keys cannot be reached.
    }
}
