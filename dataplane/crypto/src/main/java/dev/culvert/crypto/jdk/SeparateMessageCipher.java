package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * SK payloads with encryption and integrity apart: AES-CBC, 3DES or AES-CTR (RFC 5930), and a truncated MAC over the
 * whole message before the ICV (RFC 7296 §3.14). The {@link Cipher} is made for each message: messages are rare and SAs
 * many.
 */
final class SeparateMessageCipher implements MessageCipher {
    private final EncryptionAlgorithm encryption;
    private final SecretBytes encryptionKey;
    private final IntegrityAlgorithm integrity;
    private final SecretBytes integrityKey;
    private final RandomSource random;

    /** Of counter mode, whose IVs must only never come twice. */
    private long nextIv;

    SeparateMessageCipher(
            EncryptionAlgorithm encryption,
            SecretBytes encryptionKey,
            IntegrityAlgorithm integrity,
            SecretBytes integrityKey,
            RandomSource random) {
        this.encryption = encryption;
        this.encryptionKey = encryptionKey.copy();
        this.integrity = integrity;
        this.integrityKey = integrityKey.copy();
        this.random = random;
    }

    @Override
    public int sealedLength(int plainLength) {
        return encryption.ivLength() + paddedLength(plainLength) + integrity.icvLength();
    }

    @Override
    public byte[] seal(byte[] prefix, byte[] plaintext) {
        SeparateMode mode = new SeparateMode(encryption, encryptionKey);
        byte[] message = Arrays.copyOf(prefix, prefix.length + sealedLength(plaintext.length));
        int ivOffset = prefix.length;
        int plainOffset = ivOffset + mode.ivLength();
        int paddedLength = paddedLength(plaintext.length);
        int icvOffset = plainOffset + paddedLength;
        if (mode.needsRandomIv()) {
            System.arraycopy(random.bytes(mode.ivLength()), 0, message, ivOffset, mode.ivLength());
        } else {
            Jca.putLong(message, ivOffset, nextIv++);
        }
        System.arraycopy(plaintext, 0, message, plainOffset, plaintext.length);
        message[icvOffset - 1] = (byte) IkePadding.length(plaintext.length, encryption.blockSize());
        try {
            mode.run(Cipher.ENCRYPT_MODE, message, ivOffset, paddedLength, message, plainOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        System.arraycopy(mac(message, icvOffset), 0, message, icvOffset, integrity.icvLength());
        return message;
    }

    @Override
    public Optional<byte[]> open(byte[] message, int bodyOffset) {
        int icvOffset = message.length - integrity.icvLength();
        int cipherLength = icvOffset - bodyOffset - encryption.ivLength();
        if (cipherLength < encryption.blockSize() || cipherLength % encryption.blockSize() != 0) {
            return Optional.empty();
        }
        if (!Jca.constantTimeEquals(mac(message, icvOffset), 0, message, icvOffset, integrity.icvLength())) {
            return Optional.empty();
        }
        byte[] padded = new byte[cipherLength];
        try {
            new SeparateMode(encryption, encryptionKey)
                    .run(Cipher.DECRYPT_MODE, message, bodyOffset, cipherLength, padded, 0);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        return IkePadding.strip(padded);
    }

    private int paddedLength(int plainLength) {
        return plainLength + IkePadding.length(plainLength, encryption.blockSize()) + 1;
    }

    private byte[] mac(byte[] message, int length) {
        Mac mac = Macs.keyed(integrity.function(), integrityKey.bytes());
        mac.update(message, 0, length);
        return mac.doFinal();
    }

    @Override
    public void close() {
        encryptionKey.close();
        integrityKey.close();
    }
}
