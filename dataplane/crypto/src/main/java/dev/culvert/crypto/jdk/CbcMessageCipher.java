package dev.culvert.crypto.jdk;

import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * SK payloads with AES-CBC and a truncated HMAC over the whole message before the ICV (RFC 7296 §3.14). The {@link
 * Cipher} is made for each message: messages are rare and SAs many.
 */
final class CbcMessageCipher implements MessageCipher {
    private static final int BLOCK = 16;

    private final SecretBytes encryptionKey;
    private final IntegrityAlgorithm integrity;
    private final SecretBytes integrityKey;
    private final RandomSource random;

    CbcMessageCipher(
            SecretBytes encryptionKey, IntegrityAlgorithm integrity, SecretBytes integrityKey, RandomSource random) {
        this.encryptionKey = encryptionKey.copy();
        this.integrity = integrity;
        this.integrityKey = integrityKey.copy();
        this.random = random;
    }

    @Override
    public int sealedLength(int plainLength) {
        return BLOCK + paddedLength(plainLength) + integrity.icvLength();
    }

    @Override
    public byte[] seal(byte[] prefix, byte[] plaintext) {
        byte[] message = Arrays.copyOf(prefix, prefix.length + sealedLength(plaintext.length));
        int ivOffset = prefix.length;
        int plainOffset = ivOffset + BLOCK;
        int paddedLength = paddedLength(plaintext.length);
        int icvOffset = plainOffset + paddedLength;
        System.arraycopy(random.bytes(BLOCK), 0, message, ivOffset, BLOCK);
        System.arraycopy(plaintext, 0, message, plainOffset, plaintext.length);
        message[icvOffset - 1] = (byte) IkePadding.length(plaintext.length, BLOCK);
        try {
            Cipher cipher = init(Cipher.ENCRYPT_MODE, message, ivOffset);
            cipher.doFinal(message, plainOffset, paddedLength, message, plainOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        System.arraycopy(mac(message, icvOffset), 0, message, icvOffset, integrity.icvLength());
        return message;
    }

    @Override
    public Optional<byte[]> open(byte[] message, int bodyOffset) {
        int cipherOffset = bodyOffset + BLOCK;
        int icvOffset = message.length - integrity.icvLength();
        int cipherLength = icvOffset - cipherOffset;
        if (cipherLength < BLOCK || cipherLength % BLOCK != 0) {
            return Optional.empty();
        }
        if (!Jca.constantTimeEquals(mac(message, icvOffset), 0, message, icvOffset, integrity.icvLength())) {
            return Optional.empty();
        }
        try {
            return IkePadding.strip(
                    init(Cipher.DECRYPT_MODE, message, bodyOffset).doFinal(message, cipherOffset, cipherLength));
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    private static int paddedLength(int plainLength) {
        return plainLength + IkePadding.length(plainLength, BLOCK) + 1;
    }

    private byte[] mac(byte[] message, int length) {
        Mac mac = Jca.mac(integrity.jcaName(), integrityKey.bytes());
        mac.update(message, 0, length);
        return mac.doFinal();
    }

    private Cipher init(int direction, byte[] message, int ivOffset) throws GeneralSecurityException {
        Cipher cipher = Jca.cipher("AES/CBC/NoPadding");
        cipher.init(
                direction,
                new SecretKeySpec(encryptionKey.bytes(), "AES"),
                new IvParameterSpec(message, ivOffset, BLOCK));
        return cipher;
    }

    @Override
    public void close() {
        encryptionKey.close();
        integrityKey.close();
    }
}
