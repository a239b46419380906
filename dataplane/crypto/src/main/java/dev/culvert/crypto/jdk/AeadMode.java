package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.bc.BouncyCastle;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the JCA wants to know of the combined modes. The nonce is the salt at the end of the keying material, 4 octets or
 * with CCM 3, and the 8 octets of the packet's IV (RFC 4106 §4, RFC 4309 §4, RFC 5282 §4, RFC 7634 §2).
 *
 * @param icvLength octets
 * @param saltLength octets
 * @param jdk whether the JDK has it: it lacks CCM, and GCM with an ICV of 8 octets
 */
record AeadMode(String transformation, String keyAlgorithm, int icvLength, int saltLength, boolean jdk) {
    /** The same for all of them. */
    static final int IV_LENGTH = 8;

    static AeadMode of(EncryptionAlgorithm algorithm) {
        String transformation =
                switch (algorithm) {
                    case AES_GCM_8, AES_GCM_12, AES_GCM_16 -> "AES/GCM/NoPadding";
                    case AES_CCM_8, AES_CCM_12, AES_CCM_16 -> "AES/CCM/NoPadding";
                    case CHACHA20_POLY1305 -> "ChaCha20-Poly1305";
                    case AES_CBC, AES_CTR, TRIPLE_DES_CBC, NULL, NULL_AES_GMAC ->
                        throw new IllegalArgumentException(algorithm + " is no mode that encrypts and authenticates");
                };
        boolean jdk =
                switch (algorithm) {
                    case AES_GCM_8, AES_CCM_8, AES_CCM_12, AES_CCM_16 -> false;
                    default -> true;
                };
        return new AeadMode(
                transformation,
                algorithm == EncryptionAlgorithm.CHACHA20_POLY1305 ? "ChaCha20" : "AES",
                algorithm.icvLength(),
                algorithm.saltLength(),
                jdk);
    }

    Cipher cipher() {
        try {
            return jdk
                    ? Cipher.getInstance(transformation)
                    : Cipher.getInstance(transformation, BouncyCastle.provider());
        } catch (GeneralSecurityException e) {
            throw Jca.impossible(e);
        }
    }

    /** @param keyAndSalt the salt being at the end */
    SecretKeySpec key(byte[] keyAndSalt) {
        return new SecretKeySpec(keyAndSalt, 0, keyAndSalt.length - saltLength, keyAlgorithm);
    }

    /** A nonce with the salt in place and the IV still zero. */
    byte[] nonce(byte[] keyAndSalt) {
        byte[] nonce = new byte[saltLength + IV_LENGTH];
        System.arraycopy(keyAndSalt, keyAndSalt.length - saltLength, nonce, 0, saltLength);
        return nonce;
    }

    /** Copies the nonce. */
    AlgorithmParameterSpec parameters(byte[] nonce) {
        return keyAlgorithm.equals("AES")
                ? new GCMParameterSpec(icvLength * Byte.SIZE, nonce)
                : new IvParameterSpec(nonce);
    }
}
