package dev.culvert.ike.message;

import java.util.Optional;

/** IANA "IKEv2 Authentication Method" (RFC 7296 §3.8). */
public enum AuthMethod {
    RSA_DIGITAL_SIGNATURE(1),
    SHARED_KEY_MIC(2),
    DSS_DIGITAL_SIGNATURE(3),
    /** RFC 4754. */
    ECDSA_SHA256_P256(9),
    /** RFC 4754. */
    ECDSA_SHA384_P384(10),
    /** RFC 4754. */
    ECDSA_SHA512_P521(11),
    /** RFC 6467. */
    GENERIC_SECURE_PASSWORD(12),
    /** RFC 7619. */
    NULL(13),
    /** RFC 7427. */
    DIGITAL_SIGNATURE(14);

    private final int id;

    AuthMethod(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    public static Optional<AuthMethod> byId(int id) {
        for (AuthMethod method : values()) {
            if (method.id == id) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }
}
