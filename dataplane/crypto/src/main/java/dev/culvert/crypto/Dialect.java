package dev.culvert.crypto;

/**
 * What the two versions of IKE have of the algorithms. IKEv1's numbers are registries of their own ("IKE Attributes",
 * "IPSEC ESP Transform Identifiers" and others at IANA), in which newer algorithms were never entered; in IKEv2 MD5 is
 * "MUST NOT" (RFC 8247 §2.2, §2.3).
 */
enum Dialect {
    IKEV1 {
        @Override
        boolean has(SecurityProtocol protocol, Transform transform) {
            return TransformType.byId(transform.type())
                    .map(type -> switch (type) {
                        case ENCRYPTION ->
                            EncryptionAlgorithm.byId(transform.id())
                                    .map(algorithm -> hasEncryption(protocol, algorithm))
                                    .orElse(false);
                        case INTEGRITY ->
                            IntegrityAlgorithm.byId(transform.id())
                                    .map(algorithm -> hasIntegrity(protocol, algorithm))
                                    .orElse(false);
                        case PRF ->
                            PrfAlgorithm.byId(transform.id())
                                    .map(algorithm -> switch (algorithm) {
                                        case HMAC_MD5, HMAC_SHA1, HMAC_SHA2_256, HMAC_SHA2_384, HMAC_SHA2_512 -> true;
                                        case AES_XCBC, AES_CMAC -> false;
                                    })
                                    .orElse(false);
                        case KEY_EXCHANGE ->
                            transform.isNone()
                                    || KeyExchangeMethod.byId(transform.id())
                                            .map(Dialect::hasGroup)
                                            .orElse(false);
                        case EXTENDED_SEQUENCE_NUMBERS -> true;
                        case ADDITIONAL_KEY_EXCHANGE_1,
                                ADDITIONAL_KEY_EXCHANGE_2,
                                ADDITIONAL_KEY_EXCHANGE_3,
                                ADDITIONAL_KEY_EXCHANGE_4,
                                ADDITIONAL_KEY_EXCHANGE_5,
                                ADDITIONAL_KEY_EXCHANGE_6,
                                ADDITIONAL_KEY_EXCHANGE_7 -> false;
                    })
                    .orElse(false);
        }
    },

    IKEV2 {
        @Override
        boolean has(SecurityProtocol protocol, Transform transform) {
            return !transform.equals(Transform.of(IntegrityAlgorithm.HMAC_MD5_96))
                    && !transform.equals(Transform.of(PrfAlgorithm.HMAC_MD5));
        }
    };

    /** Whether a proposal for that protocol can carry that transform. */
    abstract boolean has(SecurityProtocol protocol, Transform transform);

    @Override
    public String toString() {
        return this == IKEV1 ? "IKEv1" : "IKEv2";
    }

    /** Messages of IKEv1 are encrypted by CBC, without an ICV (RFC 2409 appendix B). */
    private static boolean hasEncryption(SecurityProtocol protocol, EncryptionAlgorithm algorithm) {
        boolean cbc = algorithm == EncryptionAlgorithm.AES_CBC || algorithm == EncryptionAlgorithm.TRIPLE_DES_CBC;
        return cbc || (protocol == SecurityProtocol.ESP && algorithm != EncryptionAlgorithm.CHACHA20_POLY1305);
    }

    /**
     * In phase 1 it stands for a hash function. In phase 2 there is no CMAC; 96 bits of SHA-256 go under the number of the
     * 128, as peers mean it that follow the drafts before RFC 4868.
     */
    private static boolean hasIntegrity(SecurityProtocol protocol, IntegrityAlgorithm algorithm) {
        return switch (algorithm) {
            case HMAC_MD5_96, HMAC_SHA1_96, HMAC_SHA2_256_128, HMAC_SHA2_384_192, HMAC_SHA2_512_256 -> true;
            case AES_XCBC_96, HMAC_SHA2_256_96 -> protocol != SecurityProtocol.IKE;
            case AES_CMAC_96 -> false;
        };
    }

    /** RFC 2409 §6, RFC 3526, RFC 5903, RFC 6932. */
    private static boolean hasGroup(KeyExchangeMethod method) {
        return switch (method) {
            case MODP_1024,
                    MODP_1536,
                    MODP_2048,
                    MODP_3072,
                    MODP_4096,
                    MODP_6144,
                    MODP_8192,
                    ECP_256,
                    ECP_384,
                    ECP_521,
                    BRAINPOOL_256,
                    BRAINPOOL_384,
                    BRAINPOOL_512 -> true;
            case X25519, X448, ML_KEM_512, ML_KEM_768, ML_KEM_1024 -> false;
        };
    }
}
