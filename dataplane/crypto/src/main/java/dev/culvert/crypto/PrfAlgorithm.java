package dev.culvert.crypto;

import java.util.Optional;

/** Pseudorandom functions under their IANA transform IDs (type 2). Lengths are octets. */
public enum PrfAlgorithm {
    /** RFC 2104. */
    HMAC_SHA1(2, "prfsha1", "HmacSHA1", 20),
    /** RFC 4868. */
    HMAC_SHA2_256(5, "prfsha256", "HmacSHA256", 32),
    /** RFC 4868. */
    HMAC_SHA2_384(6, "prfsha384", "HmacSHA384", 48),
    /** RFC 4868. */
    HMAC_SHA2_512(7, "prfsha512", "HmacSHA512", 64);

    private final int id;
    private final String keyword;
    private final String jcaName;
    private final int outputLength;

    PrfAlgorithm(int id, String keyword, String jcaName, int outputLength) {
        this.id = id;
        this.keyword = keyword;
        this.jcaName = jcaName;
        this.outputLength = outputLength;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    /** strongSwan's keyword. */
    public String keyword() {
        return keyword;
    }

    /** The name under which {@link javax.crypto.Mac} knows the function. */
    public String jcaName() {
        return jcaName;
    }

    /** The preferred key length, which is the length of SK_d, SK_pi and SK_pr (RFC 7296 §2.13, §2.14). */
    public int keyLength() {
        return outputLength;
    }

    public int outputLength() {
        return outputLength;
    }

    public static Optional<PrfAlgorithm> byId(int id) {
        return Ids.find(values(), PrfAlgorithm::id, id);
    }
}
