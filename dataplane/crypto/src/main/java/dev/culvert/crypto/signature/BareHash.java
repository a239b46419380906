package dev.culvert.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * Signatures of a hash as it is, which IKEv1 makes: by RSA with PKCS #1 v1.5 padding and no DigestInfo (RFC 2409 §5.1: "an
 * RSA signature MUST be encoded as a private key encryption in PKCS #1 format"), by ECDSA as r and s one behind the other
 * (RFC 4754 §7).
 */
final class BareHash {
    private static final String RSA_PADDED = "RSA/ECB/PKCS1Padding";
    private static final String RSA_BARE = "RSA/ECB/NoPadding";
    private static final String ECDSA = "NONEwithECDSAinP1363Format";

    /** RFC 8017 §9.2: two octets, eight of padding at least, and one. */
    private static final int LEAST_PADDING = 11;

    private BareHash() {}

    static byte[] sign(PrivateKey key, KeyType type, byte[] hash) throws GeneralSecurityException {
        if (type == KeyType.RSA) {
            Cipher cipher = Cipher.getInstance(RSA_PADDED);
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return cipher.doFinal(hash);
        }
        Signature engine = Signature.getInstance(ECDSA);
        engine.initSign(key);
        engine.update(hash);
        return engine.sign();
    }

    static boolean verify(PublicKey key, KeyType type, byte[] signature, byte[] hash) throws GeneralSecurityException {
        if (type == KeyType.RSA) {
            int length = (((RSAKey) key).getModulus().bitLength() + Byte.SIZE - 1) / Byte.SIZE;
            if (signature.length != length || hash.length > length - LEAST_PADDING) {
                return false;
            }
            // What signing makes is compared as a whole: nothing in the padding is parsed, so nothing can hide in it.
            Cipher cipher = Cipher.getInstance(RSA_BARE);
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return MessageDigest.isEqual(cipher.doFinal(signature), padded(hash, length));
        }
        Signature engine = Signature.getInstance(ECDSA);
        engine.initVerify(key);
        engine.update(hash);
        return engine.verify(signature);
    }

    /** 00 01 FF … FF 00 hash (RFC 8017 §9.2). */
    private static byte[] padded(byte[] hash, int length) {
        byte[] all = new byte[length];
        Arrays.fill(all, (byte) 0xff);
        all[0] = 0;
        all[1] = 1;
        all[length - hash.length - 1] = 0;
        System.arraycopy(hash, 0, all, length - hash.length, hash.length);
        return all;
    }
}
