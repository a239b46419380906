package dev.culvert.crypto.jdk;

import static dev.culvert.crypto.jdk.AeadMode.IV_LENGTH;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * ESP with AES-GCM (RFC 4106), AES-CCM (RFC 4309) or ChaCha20-Poly1305 (RFC 7634). The IV is the 64-bit sequence number, which no two
 * packets of an SA share.
 */
final class AeadPacketCipher implements PacketCipher {
    /** RFC 4303 §2.4: no block, but the trailer ends on a 4-octet boundary. */
    private static final int ALIGNMENT = 4;

    private static final int SPI_LENGTH = 4;

    private final AeadMode mode;
    private final Cipher cipher;
    private final SecretKeySpec key;
    private final byte[] nonce;
    private final boolean esn;
    private boolean closed;

    /** SPI, high and low half of the sequence number (RFC 4106 §5, RFC 4309 §5); used with ESN only. */
    private final byte[] esnAad = new byte[SPI_LENGTH + Long.BYTES];

    AeadPacketCipher(EncryptionAlgorithm algorithm, SecretBytes encryptionKey, boolean esn) {
        this.mode = AeadMode.of(algorithm);
        this.cipher = mode.cipher();
        this.key = mode.key(encryptionKey.bytes());
        this.nonce = mode.nonce(encryptionKey.bytes());
        this.esn = esn;
    }

    @Override
    public int ivLength() {
        return IV_LENGTH;
    }

    @Override
    public int icvLength() {
        return mode.icvLength();
    }

    @Override
    public int padBlock() {
        return ALIGNMENT;
    }

    @Override
    public void seal(byte[] packet, int espOffset, int plainLength, long sequence) {
        seal(packet, espOffset, plainLength, sequence, (int) (sequence >>> Integer.SIZE));
    }

    /** With an IV of its own, for known answers. */
    void seal(byte[] packet, int espOffset, int plainLength, long iv, int sequenceHigh) {
        requireOpen();
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        int plainOffset = ivOffset + IV_LENGTH;
        Jca.putLong(packet, ivOffset, iv);
        Jca.putLong(nonce, mode.saltLength(), iv);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, mode.parameters(nonce));
            authenticateHeader(packet, espOffset, sequenceHigh);
            cipher.doFinal(packet, plainOffset, plainLength, packet, plainOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // is it the same array?
    public int open(byte[] in, int espOffset, int length, int sequenceHigh, byte[] out, int outOffset) {
        int plainLength = length - overhead();
        if (plainLength < 0) {
            return NOT_AUTHENTIC;
        }
        requireOpen();
        if (in == out) {
            // In place the JDK leaves the plaintext behind even when the tag is wrong.
            throw new IllegalArgumentException("a packet is opened into another array");
        }
        int ivOffset = espOffset + ESP_HEADER_LENGTH;
        System.arraycopy(in, ivOffset, nonce, mode.saltLength(), IV_LENGTH);
        try {
            initDecryption();
            authenticateHeader(in, espOffset, sequenceHigh);
            return cipher.doFinal(in, ivOffset + IV_LENGTH, plainLength + mode.icvLength(), out, outOffset);
        } catch (AEADBadTagException e) {
            if (!mode.jdk()) {
                // Bouncy Castle decrypts before it compares.
                Arrays.fill(out, outOffset, outOffset + plainLength, (byte) 0);
            }
            return NOT_AUTHENTIC;
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    /**
     * The JDK's ChaCha20-Poly1305 refuses the nonce of the call before also when decrypting, where it is no danger: a
     * forged packet comes with the sequence number of a real one. Another nonce in between makes it forget.
     */
    private void initDecryption() throws GeneralSecurityException {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, mode.parameters(nonce));
        } catch (InvalidKeyException e) {
            byte[] other = nonce.clone();
            other[other.length - 1] ^= 1;
            cipher.init(Cipher.DECRYPT_MODE, key, mode.parameters(other));
            cipher.init(Cipher.DECRYPT_MODE, key, mode.parameters(nonce));
        }
    }

    private void authenticateHeader(byte[] packet, int espOffset, int sequenceHigh) {
        if (esn) {
            System.arraycopy(packet, espOffset, esnAad, 0, SPI_LENGTH);
            Jca.putInt(esnAad, SPI_LENGTH, sequenceHigh);
            System.arraycopy(packet, espOffset + SPI_LENGTH, esnAad, SPI_LENGTH + Integer.BYTES, Integer.BYTES);
            cipher.updateAAD(esnAad);
        } else {
            cipher.updateAAD(packet, espOffset, ESP_HEADER_LENGTH);
        }
    }

    /** Without its salt the nonce would be another one. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cipher is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(nonce, (byte) 0);
    }
}
