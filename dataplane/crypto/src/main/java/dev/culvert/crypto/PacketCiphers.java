package dev.culvert.crypto;

import dev.culvert.crypto.jdk.JdkCiphers;

/** Makes the cipher of one direction of a child SA. */
public final class PacketCiphers {
    private PacketCiphers() {}

    /**
     * @param encryptionKey with the salt, {@link ChildSuite#encryptionKeyLength} octets; copied
     * @param integrityKey {@link ChildSuite#integrityKeyLength} octets, empty with a combined mode; copied
     * @param random for the IVs of CBC
     */
    public static PacketCipher forChild(
            ChildSuite suite, SecretBytes encryptionKey, SecretBytes integrityKey, RandomSource random) {
        return JdkCiphers.packetCipher(suite, encryptionKey, integrityKey, random);
    }
}
