package dev.culvert.crypto;

import java.util.Optional;

/** Pseudorandom functions under their IANA transform IDs (type 2). Lengths are octets. */
public enum PrfAlgorithm {
    /** RFC 2104; in IKEv1 alone, and only when named. */
    HMAC_MD5(1, "prfmd5", MacFunction.HMAC_MD5),
    /** RFC 2104; only when named. */
    HMAC_SHA1(2, "prfsha1", MacFunction.HMAC_SHA1),
    /** RFC 4434. */
    AES_XCBC(4, "prfaesxcbc", MacFunction.AES_XCBC),
    /** RFC 4868. */
    HMAC_SHA2_256(5, "prfsha256", MacFunction.HMAC_SHA2_256),
    /** RFC 4868. */
    HMAC_SHA2_384(6, "prfsha384", MacFunction.HMAC_SHA2_384),
    /** RFC 4868. */
    HMAC_SHA2_512(7, "prfsha512", MacFunction.HMAC_SHA2_512),
    /** RFC 4615. */
    AES_CMAC(8, "prfaescmac", MacFunction.AES_CMAC);

    private final int id;
    private final String keyword;
    private final MacFunction function;

    PrfAlgorithm(int id, String keyword, MacFunction function) {
        this.id = id;
        this.keyword = keyword;
        this.function = function;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    /** strongSwan's keyword. */
    public String keyword() {
        return keyword;
    }

    MacFunction function() {
        return function;
    }

    /** The preferred key length, which is the length of SK_d, SK_pi and SK_pr (RFC 7296 §2.13, §2.14). */
    public int keyLength() {
        return function.outputLength();
    }

    public int outputLength() {
        return function.outputLength();
    }

    /**
     * How much of each nonce goes into the key from which SKEYSEED is computed, at most: 64 bits with AES-XCBC and
     * AES-CMAC, all of it with the others (RFC 7296 §2.14).
     */
    public int seedOctetsOfNonce() {
        return switch (this) {
            case AES_XCBC, AES_CMAC -> Long.BYTES;
            case HMAC_MD5, HMAC_SHA1, HMAC_SHA2_256, HMAC_SHA2_384, HMAC_SHA2_512 -> Integer.MAX_VALUE;
        };
    }

    /**
     * The hash function under an HMAC: in IKEv1 it is what was negotiated, and the PRF follows from it (RFC 2409 §4).
     *
     * @throws IllegalArgumentException if it is built on a cipher
     */
    public Hash hash() {
        return switch (this) {
            case HMAC_MD5 -> Hash.MD5;
            case HMAC_SHA1 -> Hash.SHA1;
            case HMAC_SHA2_256 -> Hash.SHA2_256;
            case HMAC_SHA2_384 -> Hash.SHA2_384;
            case HMAC_SHA2_512 -> Hash.SHA2_512;
            case AES_XCBC, AES_CMAC -> throw new IllegalArgumentException(this + " has no hash function");
        };
    }

    /** Too weak to be proposed unless a person names it. */
    public boolean isWeak() {
        return this == HMAC_MD5 || this == HMAC_SHA1;
    }

    public static Optional<PrfAlgorithm> byId(int id) {
        return Ids.find(values(), PrfAlgorithm::id, id);
    }
}
