package dev.culvert.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hash functions; thread-safe. */
public enum Hash {
    /** Of IKEv1, only when named. */
    MD5("MD5", 16),
    /** NAT detection payloads (RFC 7296 §2.23), where collision resistance is not asked for. */
    SHA1("SHA-1", 20),
    SHA2_256("SHA-256", 32),
    SHA2_384("SHA-384", 48),
    SHA2_512("SHA-512", 64);

    private final String jcaName;
    private final int length;

    Hash(String jcaName, int length) {
        this.jcaName = jcaName;
        this.length = length;
    }

    /** Octets of a digest. */
    public int length() {
        return length;
    }

    /** The digest of the concatenated parts. */
    public byte[] digest(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(jcaName);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK lacks " + jcaName, e);
        }
    }
}
