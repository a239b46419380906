package dev.culvert.crypto.jdk;

import static dev.culvert.crypto.jdk.AeadMode.IV_LENGTH;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * SK payloads with a combined mode (RFC 5282). The associated data is the message up to the SK payload's generic header
 * (§5.1), for SKF up to the fragment numbers (RFC 7383 §2.5). Padding is not needed (§3), so only Pad Length 0 is sent.
 * The {@link Cipher} is made for each message: messages are rare and SAs many.
 */
final class AeadMessageCipher implements MessageCipher {
    private static final int PAD_LENGTH_LENGTH = 1;

    private final AeadMode mode;
    private final SecretBytes keyAndSalt;
    private long nextIv;

    AeadMessageCipher(EncryptionAlgorithm algorithm, SecretBytes encryptionKey) {
        this(algorithm, encryptionKey, 0);
    }

    AeadMessageCipher(EncryptionAlgorithm algorithm, SecretBytes encryptionKey, long firstIv) {
        this.nextIv = firstIv;
        this.mode = AeadMode.of(algorithm);
        this.keyAndSalt = encryptionKey.copy();
    }

    @Override
    public int sealedLength(int plainLength) {
        return IV_LENGTH + plainLength + PAD_LENGTH_LENGTH + mode.icvLength();
    }

    @Override
    public byte[] seal(byte[] prefix, byte[] plaintext) {
        byte[] message = Arrays.copyOf(prefix, prefix.length + sealedLength(plaintext.length));
        int ivOffset = prefix.length;
        int plainOffset = ivOffset + IV_LENGTH;
        Jca.putLong(message, ivOffset, nextIv++);
        System.arraycopy(plaintext, 0, message, plainOffset, plaintext.length);
        try {
            Cipher cipher = init(Cipher.ENCRYPT_MODE, message, ivOffset);
            cipher.doFinal(message, plainOffset, plaintext.length + PAD_LENGTH_LENGTH, message, plainOffset);
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        return message;
    }

    @Override
    public Optional<byte[]> open(byte[] message, int bodyOffset) {
        int cipherOffset = bodyOffset + IV_LENGTH;
        if (message.length - cipherOffset < PAD_LENGTH_LENGTH + mode.icvLength()) {
            return Optional.empty();
        }
        byte[] padded;
        try {
            Cipher cipher = init(Cipher.DECRYPT_MODE, message, bodyOffset);
            padded = cipher.doFinal(message, cipherOffset, message.length - cipherOffset);
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
        return IkePadding.strip(padded);
    }

    private Cipher init(int direction, byte[] message, int ivOffset) throws GeneralSecurityException {
        byte[] nonce = mode.nonce(keyAndSalt.bytes());
        System.arraycopy(message, ivOffset, nonce, mode.saltLength(), IV_LENGTH);
        Cipher cipher = mode.cipher();
        cipher.init(direction, mode.key(keyAndSalt.bytes()), mode.parameters(nonce));
        cipher.updateAAD(message, 0, ivOffset);
        return cipher;
    }

    @Override
    public void close() {
        keyAndSalt.close();
    }
}
