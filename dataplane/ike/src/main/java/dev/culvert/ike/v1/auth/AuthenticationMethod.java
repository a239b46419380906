package dev.culvert.ike.v1.auth;

import dev.culvert.crypto.PrfAlgorithm;
import dev.culvert.crypto.signature.KeyType;
import dev.culvert.crypto.signature.SigningKey;
import dev.culvert.ike.endpoint.AuthConfig;
import java.util.Optional;

/**
 * Phase 1's authentication methods under their numbers (RFC 2409 appendix A, RFC 4754 §6), one for both sides. Encryption
 * by RSA is not implemented, and never will be: its decryption under a key that also signs gave the key's use to whoever
 * could ask often enough (Bleichenbacher). DSS is not either: no peer has such keys any more.
 */
public enum AuthenticationMethod {
    PRE_SHARED_KEY(1),
    DSS_SIGNATURES(2),
    RSA_SIGNATURES(3),
    RSA_ENCRYPTION(4),
    REVISED_RSA_ENCRYPTION(5),
    ECDSA_256(9),
    ECDSA_384(10),
    ECDSA_521(11);

    private final int id;

    AuthenticationMethod(int id) {
        this.id = id;
    }

    /** The number in the transform. */
    public int id() {
        return id;
    }

    public static Optional<AuthenticationMethod> byId(int id) {
        for (AuthenticationMethod method : values()) {
            if (method.id == id) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /**
     * The one method of a tunnel; empty if its two sides prove themselves in different ways, or with a key that IKEv1 has
     * no method for (Ed25519, Ed448).
     */
    public static Optional<AuthenticationMethod> of(AuthConfig config) {
        return switch (config.local()) {
            case AuthConfig.Local.PreSharedKey psk ->
                config.remote() instanceof AuthConfig.Remote.PreSharedKey
                        ? Optional.of(PRE_SHARED_KEY)
                        : Optional.empty();
            case AuthConfig.Local.Certificate(SigningKey key, var chain) ->
                config.remote() instanceof AuthConfig.Remote.Certificate ? of(key.type()) : Optional.empty();
        };
    }

    /** The method that a key is good for. */
    public static Optional<AuthenticationMethod> of(KeyType key) {
        return switch (key) {
            case RSA -> Optional.of(RSA_SIGNATURES);
            case ECDSA_P256 -> Optional.of(ECDSA_256);
            case ECDSA_P384 -> Optional.of(ECDSA_384);
            case ECDSA_P521 -> Optional.of(ECDSA_521);
            case ED25519, ED448 -> Optional.empty();
        };
    }

    /** Whether both sides sign; otherwise {@link #PRE_SHARED_KEY} is what is implemented. */
    public boolean isSignature() {
        return switch (this) {
            case DSS_SIGNATURES, RSA_SIGNATURES, ECDSA_256, ECDSA_384, ECDSA_521 -> true;
            case PRE_SHARED_KEY, RSA_ENCRYPTION, REVISED_RSA_ENCRYPTION -> false;
        };
    }

    /** Whether we can do it. */
    public boolean isImplemented() {
        return switch (this) {
            case PRE_SHARED_KEY, RSA_SIGNATURES, ECDSA_256, ECDSA_384, ECDSA_521 -> true;
            case DSS_SIGNATURES, RSA_ENCRYPTION, REVISED_RSA_ENCRYPTION -> false;
        };
    }

    /**
     * The PRF of HASH_I and HASH_R: the negotiated one, but for ECDSA the HMAC of the hash function that belongs to the
     * curve, whatever was negotiated (RFC 4754 §4).
     */
    PrfAlgorithm prf(PrfAlgorithm negotiated) {
        return switch (this) {
            case ECDSA_256 -> PrfAlgorithm.HMAC_SHA2_256;
            case ECDSA_384 -> PrfAlgorithm.HMAC_SHA2_384;
            case ECDSA_521 -> PrfAlgorithm.HMAC_SHA2_512;
            case PRE_SHARED_KEY, DSS_SIGNATURES, RSA_SIGNATURES, RSA_ENCRYPTION, REVISED_RSA_ENCRYPTION -> negotiated;
        };
    }

    /** For people. */
    public String describe() {
        return switch (this) {
            case PRE_SHARED_KEY -> "pre-shared key";
            case DSS_SIGNATURES -> "DSS signatures";
            case RSA_SIGNATURES -> "RSA signatures";
            case RSA_ENCRYPTION -> "RSA encryption";
            case REVISED_RSA_ENCRYPTION -> "revised RSA encryption";
            case ECDSA_256 -> "ECDSA with P-256";
            case ECDSA_384 -> "ECDSA with P-384";
            case ECDSA_521 -> "ECDSA with P-521";
        };
    }
}
