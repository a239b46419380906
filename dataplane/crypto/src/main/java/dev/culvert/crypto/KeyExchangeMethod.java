package dev.culvert.crypto;

import java.util.Optional;

/** Key exchange methods (Diffie-Hellman groups) under their IANA transform IDs (type 4). Lengths are octets. */
public enum KeyExchangeMethod {
    /** RFC 7296 appendix B.2; only when named. */
    MODP_1024(2, "modp1024", 128, 128),
    /** RFC 3526; only when named. */
    MODP_1536(5, "modp1536", 192, 192),
    /** RFC 3526. */
    MODP_2048(14, "modp2048", 256, 256),
    MODP_3072(15, "modp3072", 384, 384),
    MODP_4096(16, "modp4096", 512, 512),
    MODP_6144(17, "modp6144", 768, 768),
    MODP_8192(18, "modp8192", 1024, 1024),
    /** RFC 5903: the public value is x and y, the shared secret x. */
    ECP_256(19, "ecp256", 64, 32),
    ECP_384(20, "ecp384", 96, 48),
    ECP_521(21, "ecp521", 132, 66),
    /** RFC 6954: encoded like those of RFC 5903. */
    BRAINPOOL_256(28, "ecp256bp", 64, 32),
    BRAINPOOL_384(29, "ecp384bp", 96, 48),
    BRAINPOOL_512(30, "ecp512bp", 128, 64),
    /** RFC 8031, printed as {@code x25519}; {@code curve25519} is accepted too. */
    X25519(31, "x25519", 32, 32),
    /** RFC 8031, printed as {@code x448}; {@code curve448} is accepted too. */
    X448(32, "x448", 56, 56),
    /** draft-ietf-ipsecme-ikev2-mlkem: the public value is an encapsulation key, the answer to it a ciphertext. */
    ML_KEM_512(35, "mlkem512", 800, 768, 32),
    ML_KEM_768(36, "mlkem768", 1184, 1088, 32),
    ML_KEM_1024(37, "mlkem1024", 1568, 1568, 32);

    private final int id;
    private final String keyword;
    private final int publicValueLength;
    private final int answerLength;
    private final int secretLength;

    KeyExchangeMethod(int id, String keyword, int publicValueLength, int secretLength) {
        this(id, keyword, publicValueLength, publicValueLength, secretLength);
    }

    KeyExchangeMethod(int id, String keyword, int publicValueLength, int answerLength, int secretLength) {
        this.id = id;
        this.keyword = keyword;
        this.publicValueLength = publicValueLength;
        this.answerLength = answerLength;
        this.secretLength = secretLength;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    /** strongSwan's keyword. */
    public String keyword() {
        return keyword;
    }

    /** Length of the initiator's Key Exchange Data. */
    public int publicValueLength() {
        return publicValueLength;
    }

    /** Length of the responder's Key Exchange Data: the same, but for a ciphertext. */
    public int answerLength() {
        return answerLength;
    }

    /**
     * Whether the responder's value depends on the initiator's, so that it cannot be made ahead. Such a method is used as
     * an additional key exchange only: its values are too long for IKE_SA_INIT, which cannot be fragmented.
     */
    public boolean isKem() {
        return this == ML_KEM_512 || this == ML_KEM_768 || this == ML_KEM_1024;
    }

    /** Length of g^ir, leading zeros included (RFC 7296 §2.14). */
    public int secretLength() {
        return secretLength;
    }

    /** Too weak to be proposed unless a person names it (RFC 8247 §2.4). */
    public boolean isWeak() {
        return this == MODP_1024 || this == MODP_1536;
    }

    public static Optional<KeyExchangeMethod> byId(int id) {
        return Ids.find(values(), KeyExchangeMethod::id, id);
    }
}
