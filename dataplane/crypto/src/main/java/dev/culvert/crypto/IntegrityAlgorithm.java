package dev.culvert.crypto;

import java.util.Optional;

/** Integrity algorithms under their IANA transform IDs (type 3). Lengths are octets. */
public enum IntegrityAlgorithm {
    /** RFC 2403; in IKEv1 alone, and only when named. */
    HMAC_MD5_96(1, "md5", MacFunction.HMAC_MD5, 16, 12),
    /** RFC 2404; only when named. */
    HMAC_SHA1_96(2, "sha1", MacFunction.HMAC_SHA1, 20, 12),
    /** RFC 3566. */
    AES_XCBC_96(5, "aesxcbc", MacFunction.AES_XCBC, 16, 12),
    /** RFC 4494. */
    AES_CMAC_96(8, "aescmac", MacFunction.AES_CMAC, 16, 12),
    /** RFC 4868. */
    HMAC_SHA2_256_128(12, "sha256", MacFunction.HMAC_SHA2_256, 32, 16),
    /** RFC 4868. */
    HMAC_SHA2_384_192(13, "sha384", MacFunction.HMAC_SHA2_384, 48, 24),
    /** RFC 4868. */
    HMAC_SHA2_512_256(14, "sha512", MacFunction.HMAC_SHA2_512, 64, 32),
    /**
     * The truncation of the drafts before RFC 4868, only when named; under the number of the private range that
     * strongSwan gives it, which a peer takes that was told to accept private algorithms.
     */
    HMAC_SHA2_256_96(1026, "sha256_96", MacFunction.HMAC_SHA2_256, 32, 12);

    private final int id;
    private final String keyword;
    private final MacFunction function;
    private final int keyLength;
    private final int icvLength;

    IntegrityAlgorithm(int id, String keyword, MacFunction function, int keyLength, int icvLength) {
        this.id = id;
        this.keyword = keyword;
        this.function = function;
        this.keyLength = keyLength;
        this.icvLength = icvLength;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    /** strongSwan's keyword. */
    public String keyword() {
        return keyword;
    }

    /** The untruncated function. */
    public MacFunction function() {
        return function;
    }

    public int keyLength() {
        return keyLength;
    }

    /** Length of the truncated ICV on the wire. */
    public int icvLength() {
        return icvLength;
    }

    /** Too weak to be proposed unless a person names it. */
    public boolean isWeak() {
        return this == HMAC_MD5_96 || this == HMAC_SHA1_96 || this == HMAC_SHA2_256_96;
    }

    /** The PRF that a proposal without one means, as strongSwan derives it. */
    PrfAlgorithm impliedPrf() {
        return switch (this) {
            case HMAC_MD5_96 -> PrfAlgorithm.HMAC_MD5;
            case HMAC_SHA1_96 -> PrfAlgorithm.HMAC_SHA1;
            case AES_XCBC_96 -> PrfAlgorithm.AES_XCBC;
            case AES_CMAC_96 -> PrfAlgorithm.AES_CMAC;
            case HMAC_SHA2_256_128, HMAC_SHA2_256_96 -> PrfAlgorithm.HMAC_SHA2_256;
            case HMAC_SHA2_384_192 -> PrfAlgorithm.HMAC_SHA2_384;
            case HMAC_SHA2_512_256 -> PrfAlgorithm.HMAC_SHA2_512;
        };
    }

    public static Optional<IntegrityAlgorithm> byId(int id) {
        return Ids.find(values(), IntegrityAlgorithm::id, id);
    }
}
