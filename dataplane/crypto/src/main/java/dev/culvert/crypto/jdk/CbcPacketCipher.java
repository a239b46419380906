package dev.culvert.crypto.jdk;

import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** ESP with AES-CBC (RFC 3602) and a truncated HMAC (RFC 2404, RFC 4868) over header, IV and ciphertext. */
final class CbcPacketCipher implements PacketCipher {
    private static final int BLOCK = 16;

    private final Cipher cipher = Jca.cipher("AES/CBC/NoPadding");
    private final SecretKeySpec key;
    private final Mac mac;
    private final byte[] macOutput;
    private final int icvLength;
    private final boolean esn;
    private final byte[] sequenceHighOctets = new byte[Integer.BYTES];
    private final RandomSource random;

    /** Only the sealing direction ever needs one. */
    private @Nullable IvGenerator ivs;

    CbcPacketCipher(
            SecretBytes encryptionKey,
            IntegrityAlgorithm integrity,
            SecretBytes integrityKey,
            boolean esn,
            RandomSource random) {
        this.key = new SecretKeySpec(encryptionKey.bytes(), "AES");
        this.mac = Jca.mac(integrity.jcaName(), integrityKey.bytes());
        this.macOutput = new byte[mac.getMacLength()];
        this.icvLength = integrity.icvLength();
        this.esn = esn;
        this.random = random;
    }

    @Override
    public int ivLength() {
        return BLOCK;
    }

    @Override
    public int icvLength() {
        return icvLength;
    }

    @Override
    public int padBlock() {
        return BLOCK;
    }

    @Override
    public void seal(byte[] packet, int espOffset, int plainLength, long sequence) {
        if (plainLength % BLOCK != 0) {
            throw new IllegalArgumentException("plaintext of " + plainLength + " octets is not padded");
        }
        if (ivs == null) {
            ivs = new IvGenerator(random);
        }
        ivs.next(packet, espOffset + ESP_HEADER_LENGTH);
        sealBehindIv(packet, espOffset, plainLength, (int) (sequence >>> Integer.SIZE));
    }

    /** With the IV already in the packet, for known answers. */
    void sealBehindIv(byte[] packet, int espOffset, int plainLength, int sequenceHigh) {
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        int plainOffset = ivOffset + BLOCK;
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(packet, ivOffset, BLOCK));
            cipher.doFinal(packet, plainOffset, plainLength, packet, plainOffset);
            computeIcv(packet, espOffset, plainOffset + plainLength, sequenceHigh);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        System.arraycopy(macOutput, 0, packet, plainOffset + plainLength, icvLength);
    }

    @Override
    public int open(byte[] in, int espOffset, int length, int sequenceHigh, byte[] out, int outOffset) {
        int plainLength = length - ESP_HEADER_LENGTH - BLOCK - icvLength;
        if (plainLength < 0 || plainLength % BLOCK != 0) {
            return NOT_AUTHENTIC;
        }
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        int cipherOffset = ivOffset + BLOCK;
        int icvOffset = cipherOffset + plainLength;
        try {
            computeIcv(in, espOffset, icvOffset, sequenceHigh);
            if (!Jca.constantTimeEquals(macOutput, 0, in, icvOffset, icvLength)) {
                return NOT_AUTHENTIC;
            }
            cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(in, ivOffset, BLOCK));
            return cipher.doFinal(in, cipherOffset, plainLength, out, outOffset);
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
