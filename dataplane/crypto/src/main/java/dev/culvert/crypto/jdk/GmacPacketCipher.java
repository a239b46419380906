package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * ENCR_NULL_AUTH_AES_GMAC (RFC 4543): the payload stays readable, and goes with header and IV into the associated data
 * of a GCM that encrypts nothing (§3.3). The IV is the sequence number.
 */
final class GmacPacketCipher implements PacketCipher {
    private static final int ALIGNMENT = 4;
    private static final int SPI_LENGTH = 4;

    private final AeadMode mode = AeadMode.of(EncryptionAlgorithm.AES_GCM_16);
    private final int ivLength = EncryptionAlgorithm.NULL_AES_GMAC.ivLength();
    private final int icvLength = EncryptionAlgorithm.NULL_AES_GMAC.icvLength();
    private final Cipher cipher = mode.cipher();
    private final SecretKeySpec key;
    private final byte[] nonce;
    private final boolean esn;
    private final byte[] sequenceHighOctets = new byte[Integer.BYTES];
    private boolean closed;

    GmacPacketCipher(SecretBytes keyAndSalt, boolean esn) {
        this.key = mode.key(keyAndSalt.bytes());
        this.nonce = mode.nonce(keyAndSalt.bytes());
        this.esn = esn;
    }

    @Override
    public int ivLength() {
        return ivLength;
    }

    @Override
    public int icvLength() {
        return icvLength;
    }

    @Override
    public int padBlock() {
        return ALIGNMENT;
    }

    @Override
    public void seal(byte[] packet, int espOffset, int plainLength, long sequence) {
        Jca.putLong(packet, espOffset + ESP_HEADER_LENGTH, sequence);
        sealBehindIv(packet, espOffset, plainLength, (int) (sequence >>> Integer.SIZE));
    }

    /** With the IV already in the packet, for known answers. */
    void sealBehindIv(byte[] packet, int espOffset, int plainLength, int sequenceHigh) {
        int icvOffset = espOffset + ESP_HEADER_LENGTH + ivLength + plainLength;
        try {
            authenticate(Cipher.ENCRYPT_MODE, packet, espOffset, icvOffset, sequenceHigh);
            cipher.doFinal(packet, icvOffset, 0, packet, icvOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    public int open(byte[] in, int espOffset, int length, int sequenceHigh, byte[] out, int outOffset) {
        int plainLength = length - overhead();
        if (plainLength < 0) {
            return NOT_AUTHENTIC;
        }
        int icvOffset = espOffset + length - icvLength;
        try {
            authenticate(Cipher.DECRYPT_MODE, in, espOffset, icvOffset, sequenceHigh);
            cipher.doFinal(in, icvOffset, icvLength, out, outOffset);
        } catch (AEADBadTagException e) {
            return NOT_AUTHENTIC;
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        System.arraycopy(in, icvOffset - plainLength, out, outOffset, plainLength);
        return plainLength;
    }

    /** SPI, the whole sequence number, IV and payload (RFC 4543 §3.3). */
    private void authenticate(int direction, byte[] packet, int espOffset, int icvOffset, int sequenceHigh)
            throws GeneralSecurityException {
        if (closed) {
            throw new IllegalStateException("the cipher is closed");
        }
        System.arraycopy(packet, espOffset + ESP_HEADER_LENGTH, nonce, nonce.length - ivLength, ivLength);
        cipher.init(direction, key, mode.parameters(nonce));
        int from = espOffset;
        if (esn) {
            cipher.updateAAD(packet, espOffset, SPI_LENGTH);
            Jca.putInt(sequenceHighOctets, 0, sequenceHigh);
            cipher.updateAAD(sequenceHighOctets);
            from += SPI_LENGTH;
        }
        cipher.updateAAD(packet, from, icvOffset - from);
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(nonce, (byte) 0);
    }
}
