package dev.culvert.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A private key with what it can sign. Immutable; never printed. */
public final class SigningKey {
    private static final byte[] PROBE = {'k', 'e', 'y'};

    private final PrivateKey key;
    private final KeyType type;

    private SigningKey(PrivateKey key, KeyType type) {
        this.key = key;
        this.type = type;
    }

    /** Empty for a key that must not be used: see {@link KeyType}, and RSA of 2048 to 16384 bits. */
    public static Optional<SigningKey> of(PrivateKey key) {
        return PublicKeys.typeOf(key).map(type -> new SigningKey(key, type));
    }

    public KeyType type() {
        return type;
    }

    /**
     * The algorithms with an AlgorithmIdentifier that the key can be used with, best first: PSS before PKCS #1 v1.5 (RFC
     * 8247 §3.2), and for ECDSA the hash that is as strong as the curve.
     */
    public List<SignatureAlgorithm> algorithms() {
        return switch (type) {
            case RSA ->
                List.of(
                        SignatureAlgorithm.RSA_PSS_SHA256,
                        SignatureAlgorithm.RSA_PSS_SHA384,
                        SignatureAlgorithm.RSA_PSS_SHA512,
                        SignatureAlgorithm.RSA_PKCS1_SHA256,
                        SignatureAlgorithm.RSA_PKCS1_SHA384,
                        SignatureAlgorithm.RSA_PKCS1_SHA512);
            case ECDSA_P256 ->
                List.of(
                        SignatureAlgorithm.ECDSA_SHA256,
                        SignatureAlgorithm.ECDSA_SHA384,
                        SignatureAlgorithm.ECDSA_SHA512);
            case ECDSA_P384 ->
                List.of(
                        SignatureAlgorithm.ECDSA_SHA384,
                        SignatureAlgorithm.ECDSA_SHA512,
                        SignatureAlgorithm.ECDSA_SHA256);
            case ECDSA_P521 ->
                List.of(
                        SignatureAlgorithm.ECDSA_SHA512,
                        SignatureAlgorithm.ECDSA_SHA384,
                        SignatureAlgorithm.ECDSA_SHA256);
            case ED25519 -> List.of(SignatureAlgorithm.ED25519);
            case ED448 -> List.of(SignatureAlgorithm.ED448);
        };
    }

    /**
     * The signature of the concatenated parts.
     *
     * @throws IllegalArgumentException if the key cannot be used with the algorithm
     */
    public byte[] sign(SignatureAlgorithm algorithm, byte[]... parts) {
        if (!algorithm.fits(type)) {
            throw new IllegalArgumentException(algorithm + " with a key of type " + type);
        }
        try {
            Signature engine = algorithm.engine();
            engine.initSign(key);
            for (byte[] part : parts) {
                engine.update(part);
            }
            return engine.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with a key of type " + type, e);
        }
    }

    /**
     * The signature of a hash as it is, as IKEv1 has it: with RSA by PKCS #1 v1.5 padding without a DigestInfo (RFC 2409
     * §5.1), with ECDSA as r and s (RFC 4754 §7).
     *
     * @param hash of at most 64 octets
     * @throws IllegalArgumentException if the key is of another kind
     */
    public byte[] signHash(byte[] hash) {
        if (type != KeyType.RSA && !type.isEcdsa()) {
            throw new IllegalArgumentException("a signature of a bare hash with a key of type " + type);
        }
        try {
            return BareHash.sign(key, type, hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with a key of type " + type, e);
        }
    }

    /** Whether the public key is the one that belongs to it. */
    public boolean belongsTo(PublicKey publicKey) {
        SignatureAlgorithm algorithm = algorithms().getFirst();
        return VerifyingKey.of(publicKey)
                .filter(verifying -> verifying.verify(algorithm, sign(algorithm, PROBE), PROBE))
                .isPresent();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SigningKey that
                && type == that.type
                && (key.equals(that.key) || Arrays.equals(key.getEncoded(), that.key.getEncoded()));
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public String toString() {
        return "SigningKey[" + type + "]";
    }
}
