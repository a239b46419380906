package dev.culvert.crypto.signature;

import static dev.culvert.crypto.signature.SignatureHash.IDENTITY;
import static dev.culvert.crypto.signature.SignatureHash.SHA2_256;
import static dev.culvert.crypto.signature.SignatureHash.SHA2_384;
import static dev.culvert.crypto.signature.SignatureHash.SHA2_512;

import java.security.Signature;
import java.util.Optional;

/**
 * Signature algorithms of IKEv2: those that an AlgorithmIdentifier names (RFC 7427 §3, RFC 8420 §2), and behind them
 * those of the older authentication methods 1, 9, 10 and 11 (RFC 7296 §3.8, RFC 4754 §3), which have none.
 */
public enum SignatureAlgorithm {
    RSA_PKCS1_SHA256(SHA2_256, "SHA256withRSA"),
    RSA_PKCS1_SHA384(SHA2_384, "SHA384withRSA"),
    RSA_PKCS1_SHA512(SHA2_512, "SHA512withRSA"),
    /** The salt is as long as the hash, and MGF1 uses the same hash: all three PSS algorithms. */
    RSA_PSS_SHA256(SHA2_256, AlgorithmIdentifiers.PSS),
    RSA_PSS_SHA384(SHA2_384, AlgorithmIdentifiers.PSS),
    RSA_PSS_SHA512(SHA2_512, AlgorithmIdentifiers.PSS),
    /** An ECDSA-Sig-Value in DER (RFC 3279 §2.2.3): all three, on any of the curves. */
    ECDSA_SHA256(SHA2_256, "SHA256withECDSA"),
    ECDSA_SHA384(SHA2_384, "SHA384withECDSA"),
    ECDSA_SHA512(SHA2_512, "SHA512withECDSA"),
    ED25519(IDENTITY, "Ed25519"),
    ED448(IDENTITY, "Ed448"),

    /** Authentication method 1 of peers that have no RFC 7427. */
    RSA_PKCS1_SHA1(SignatureHash.SHA1, "SHA1withRSA"),
    /** Authentication method 9: r and s of 32 octets each. */
    ECDSA_P256_SHA256_RAW(SHA2_256, "SHA256withECDSAinP1363Format"),
    /** Authentication method 10: r and s of 48 octets each. */
    ECDSA_P384_SHA384_RAW(SHA2_384, "SHA384withECDSAinP1363Format"),
    /** Authentication method 11: r and s of 66 octets each. */
    ECDSA_P521_SHA512_RAW(SHA2_512, "SHA512withECDSAinP1363Format");

    private final SignatureHash hash;
    private final String jcaName;

    SignatureAlgorithm(SignatureHash hash, String jcaName) {
        this.hash = hash;
        this.jcaName = jcaName;
    }

    public SignatureHash hash() {
        return hash;
    }

    /** Whether a key of that kind can be used with it. */
    public boolean fits(KeyType key) {
        return switch (this) {
            case RSA_PKCS1_SHA1,
                    RSA_PKCS1_SHA256,
                    RSA_PKCS1_SHA384,
                    RSA_PKCS1_SHA512,
                    RSA_PSS_SHA256,
                    RSA_PSS_SHA384,
                    RSA_PSS_SHA512 -> key == KeyType.RSA;
            case ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512 -> key.isEcdsa();
            case ECDSA_P256_SHA256_RAW -> key == KeyType.ECDSA_P256;
            case ECDSA_P384_SHA384_RAW -> key == KeyType.ECDSA_P384;
            case ECDSA_P521_SHA512_RAW -> key == KeyType.ECDSA_P521;
            case ED25519 -> key == KeyType.ED25519;
            case ED448 -> key == KeyType.ED448;
        };
    }

    /** Its AlgorithmIdentifier in DER, as it is sent; empty for those of the older authentication methods. */
    public Optional<byte[]> identifier() {
        return AlgorithmIdentifiers.of(this);
    }

    /**
     * The algorithm that an AlgorithmIdentifier names. Only its DER encoding counts: other parameters than the
     * algorithm's, octets behind them, other lengths of length fields and other PSS salts name nothing.
     */
    public static Optional<SignatureAlgorithm> byIdentifier(byte[] der) {
        return AlgorithmIdentifiers.find(der);
    }

    Signature engine() {
        return AlgorithmIdentifiers.engine(jcaName, hash);
    }
}
