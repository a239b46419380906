package dev.culvert.crypto;

import dev.culvert.crypto.jdk.JdkCiphers;

/** Makes the cipher of one direction of an IKE SA. */
public final class MessageCiphers {
    private MessageCiphers() {}

    /**
     * @param encryptionKey SK_ei or SK_er with the salt, {@link IkeSuite#encryptionKeyLength} octets; copied
     * @param integrityKey SK_ai or SK_ar, {@link IkeSuite#integrityKeyLength} octets, empty with a combined mode; copied
     * @param random for the IVs of CBC
     */
    public static MessageCipher forIke(
            IkeSuite suite, SecretBytes encryptionKey, SecretBytes integrityKey, RandomSource random) {
        return JdkCiphers.messageCipher(suite, encryptionKey, integrityKey, random);
    }
}
