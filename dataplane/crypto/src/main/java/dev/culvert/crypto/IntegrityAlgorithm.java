package dev.culvert.crypto;

import java.util.Optional;

/** Integrity algorithms under their IANA transform IDs (type 3). Lengths are octets. */
public enum IntegrityAlgorithm {
    /** RFC 2404. */
    HMAC_SHA1_96(2, "sha1", "HmacSHA1", 20, 12),
    /** RFC 4868. */
    HMAC_SHA2_256_128(12, "sha256", "HmacSHA256", 32, 16),
    /** RFC 4868. */
    HMAC_SHA2_384_192(13, "sha384", "HmacSHA384", 48, 24),
    /** RFC 4868. */
    HMAC_SHA2_512_256(14, "sha512", "HmacSHA512", 64, 32);

    private final int id;
    private final String keyword;
    private final String jcaName;
    private final int keyLength;
    private final int icvLength;

    IntegrityAlgorithm(int id, String keyword, String jcaName, int keyLength, int icvLength) {
        this.id = id;
        this.keyword = keyword;
        this.jcaName = jcaName;
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

    /** The name under which {@link javax.crypto.Mac} knows the untruncated function. */
    public String jcaName() {
        return jcaName;
    }

    public int keyLength() {
        return keyLength;
    }

    /** Length of the truncated ICV on the wire. */
    public int icvLength() {
        return icvLength;
    }

    /** The PRF that a proposal without one means, as strongSwan derives it. */
    PrfAlgorithm impliedPrf() {
        return switch (this) {
            case HMAC_SHA1_96 -> PrfAlgorithm.HMAC_SHA1;
            case HMAC_SHA2_256_128 -> PrfAlgorithm.HMAC_SHA2_256;
            case HMAC_SHA2_384_192 -> PrfAlgorithm.HMAC_SHA2_384;
            case HMAC_SHA2_512_256 -> PrfAlgorithm.HMAC_SHA2_512;
        };
    }

    public static Optional<IntegrityAlgorithm> byId(int id) {
        return Ids.find(values(), IntegrityAlgorithm::id, id);
    }
}
