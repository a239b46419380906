package dev.culvert.crypto;

/** The keyed functions, untruncated, on which integrity algorithms and PRFs are built. Lengths are octets. */
public enum MacFunction {
    /** RFC 2104; of use in IKEv1 alone. */
    HMAC_MD5(16),
    /** RFC 2104. */
    HMAC_SHA1(20),
    HMAC_SHA2_256(32),
    HMAC_SHA2_384(48),
    HMAC_SHA2_512(64),
    /** RFC 3566 before truncation: a key of 16 octets. */
    AES_XCBC(16),
    /** RFC 4493: a key of 16 octets. */
    AES_CMAC(16);

    private final int outputLength;

    MacFunction(int outputLength) {
        this.outputLength = outputLength;
    }

    public int outputLength() {
        return outputLength;
    }
}
