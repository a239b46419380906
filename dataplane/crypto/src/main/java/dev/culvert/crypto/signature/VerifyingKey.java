package dev.culvert.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Optional;

/** A public key whose signatures are checked. Immutable. */
public final class VerifyingKey {
    private final PublicKey key;
    private final KeyType type;

    private VerifyingKey(PublicKey key, KeyType type) {
        this.key = key;
        this.type = type;
    }

    /** Empty for a key that must not be used: see {@link KeyType}, and RSA of 2048 to 16384 bits. */
    public static Optional<VerifyingKey> of(PublicKey key) {
        return PublicKeys.typeOf(key).map(type -> new VerifyingKey(key, type));
    }

    public KeyType type() {
        return type;
    }

    /**
     * Whether it is the signature of the concatenated parts. Whatever else it is, the answer is false: an RSA signature
     * of another length than the modulus' or not below it, other padding than the one that signing makes, an ECDSA
     * signature that is not DER.
     */
    public boolean verify(SignatureAlgorithm algorithm, byte[] signature, byte[]... parts) {
        if (!algorithm.fits(type)) {
            return false;
        }
        try {
            Signature engine = algorithm.engine();
            engine.initVerify(key);
            for (byte[] part : parts) {
                engine.update(part);
            }
            return engine.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Whether it is the signature of a hash that {@link SigningKey#signHash} makes. Whatever else it is, the answer is
     * false, as for {@link #verify}.
     */
    public boolean verifyHash(byte[] signature, byte[] hash) {
        if (type != KeyType.RSA && !type.isEcdsa()) {
            return false;
        }
        try {
            return BareHash.verify(key, type, signature, hash);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
