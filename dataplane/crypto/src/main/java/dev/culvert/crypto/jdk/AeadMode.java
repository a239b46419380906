package dev.culvert.crypto.jdk;

import dev.culvert.crypto.EncryptionAlgorithm;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the JCA wants to know of the combined modes. Both take a nonce of 12 octets, of which the first 4 are the salt
 * at the end of the keying material and the other 8 the IV of the packet (RFC 4106 §4, RFC 5282 §4, RFC 7634 §2).
 */
enum AeadMode {
    AES_GCM("AES/GCM/NoPadding", "AES"),
    CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20");

    static final int NONCE_LENGTH = 12;
    static final int SALT_LENGTH = 4;
    static final int IV_LENGTH = 8;
    static final int ICV_LENGTH = 16;

    private final String transformation;
    private final String keyAlgorithm;

    AeadMode(String transformation, String keyAlgorithm) {
        this.transformation = transformation;
        this.keyAlgorithm = keyAlgorithm;
    }

    static AeadMode of(EncryptionAlgorithm algorithm) {
        return switch (algorithm) {
            case AES_GCM_16 -> AES_GCM;
            case CHACHA20_POLY1305 -> CHACHA20_POLY1305;
            case AES_CBC -> throw new IllegalArgumentException(algorithm + " is no combined mode");
        };
    }

    Cipher cipher() {
        return Jca.cipher(transformation);
    }

    /** @param keyAndSalt the salt being the last 4 octets */
    SecretKeySpec key(byte[] keyAndSalt) {
        return new SecretKeySpec(keyAndSalt, 0, keyAndSalt.length - SALT_LENGTH, keyAlgorithm);
    }

    /** A nonce with the salt in place and the IV still zero. */
    static byte[] nonce(byte[] keyAndSalt) {
        byte[] nonce = new byte[NONCE_LENGTH];
        System.arraycopy(keyAndSalt, keyAndSalt.length - SALT_LENGTH, nonce, 0, SALT_LENGTH);
        return nonce;
    }

    /** Copies the nonce. */
    AlgorithmParameterSpec parameters(byte[] nonce) {
        return switch (this) {
            case AES_GCM -> new GCMParameterSpec(ICV_LENGTH * Byte.SIZE, nonce);
            case CHACHA20_POLY1305 -> new IvParameterSpec(nonce);
        };
    }
}
