package dev.culvert.ike.message;

import dev.culvert.crypto.MessageCipher;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Protects nothing from anybody, but has a body of the right shape: an IV of 8 octets, plaintext, an ICV of 16. */
final class FakeCipher implements MessageCipher {
    private static final byte[] IV = new byte[8];
    private static final int ICV_LENGTH = 16;

    @Override
    public int sealedLength(int plainLength) {
        return IV.length + plainLength + 1 + ICV_LENGTH;
    }

    @Override
    public byte[] seal(byte[] prefix, byte[] plaintext) {
        byte[] message = Arrays.copyOf(prefix, prefix.length + sealedLength(plaintext.length));
        System.arraycopy(plaintext, 0, message, prefix.length + IV.length, plaintext.length);
        System.arraycopy(icv(message), 0, message, message.length - ICV_LENGTH, ICV_LENGTH);
        return message;
    }

    @Override
    public Optional<byte[]> open(byte[] message, int bodyOffset) {
        int length = message.length - bodyOffset - sealedLength(0);
        if (length < 0
                || !Arrays.equals(
                        icv(message), Arrays.copyOfRange(message, message.length - ICV_LENGTH, message.length))) {
            return Optional.empty();
        }
        int start = bodyOffset + IV.length;
        int padLength = message[start + length] & 0xff;
        return padLength > length
                ? Optional.empty()
                : Optional.of(Arrays.copyOfRange(message, start, start + length - padLength));
    }

    @Override
    public void close() {}

    /** Over all but itself. */
    static byte[] icv(byte[] message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(message, 0, message.length - ICV_LENGTH);
            return Arrays.copyOf(digest.digest(), ICV_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
