package dev.culvert.crypto.jdk;

import dev.culvert.crypto.CbcCipher;
import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.MessageCipher;
import dev.culvert.crypto.PacketCipher;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;

/** Chooses the classes of this engine by suite, and checks the key lengths once for all of them. */
public final class JdkCiphers {
    private JdkCiphers() {}

    public static PacketCipher packetCipher(
            ChildSuite suite, SecretBytes encryptionKey, SecretBytes integrityKey, RandomSource random) {
        requireLength("encryption", encryptionKey, suite.encryptionKeyLength());
        requireLength("integrity", integrityKey, suite.integrityKeyLength());
        EncryptionAlgorithm encryption = suite.encryption();
        if (encryption == EncryptionAlgorithm.NULL_AES_GMAC) {
            return new GmacPacketCipher(encryptionKey, suite.esn());
        }
        if (encryption.isAead()) {
            return new AeadPacketCipher(encryption, encryptionKey, suite.esn());
        }
        IntegrityAlgorithm integrity = suite.integrity().orElseThrow();
        return new SeparatePacketCipher(encryption, encryptionKey, integrity, integrityKey, suite.esn(), random);
    }

    public static MessageCipher messageCipher(
            IkeSuite suite, SecretBytes encryptionKey, SecretBytes integrityKey, RandomSource random) {
        requireLength("encryption", encryptionKey, suite.encryptionKeyLength());
        requireLength("integrity", integrityKey, suite.integrityKeyLength());
        if (suite.encryption().isAead()) {
            return new AeadMessageCipher(suite.encryption(), encryptionKey);
        }
        IntegrityAlgorithm integrity = suite.integrity().orElseThrow();
        return new SeparateMessageCipher(suite.encryption(), encryptionKey, integrity, integrityKey, random);
    }

    public static CbcCipher cbc(EncryptionAlgorithm algorithm, SecretBytes key) {
        boolean known = algorithm == EncryptionAlgorithm.AES_CBC || algorithm == EncryptionAlgorithm.TRIPLE_DES_CBC;
        if (!known || !algorithm.keyLengthsBits().contains(key.length() * Byte.SIZE)) {
            throw new IllegalArgumentException(algorithm + " in CBC mode with a key of " + key.length() + " octets");
        }
        return new JdkCbcCipher(algorithm, key);
    }

    private static void requireLength(String what, SecretBytes key, int length) {
        if (key.length() != length) {
            throw new IllegalArgumentException(what + " key of " + key.length() + " octets, not " + length);
        }
    }
}
