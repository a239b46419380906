package dev.culvert.ike.message;

import java.util.Optional;

/** IANA "IKEv2 Certificate Encodings" (RFC 7296 §3.6). */
public enum CertEncoding {
    PKCS7_WRAPPED_X509(1),
    PGP(2),
    DNS_SIGNED_KEY(3),
    X509_SIGNATURE(4),
    KERBEROS_TOKEN(6),
    CRL(7),
    ARL(8),
    SPKI(9),
    X509_ATTRIBUTE(10),
    RAW_RSA_KEY(11),
    HASH_AND_URL_OF_X509(12),
    HASH_AND_URL_OF_X509_BUNDLE(13),
    /** RFC 4806. */
    OCSP_CONTENT(14),
    /** RFC 7670. */
    RAW_PUBLIC_KEY(15);

    private final int id;

    CertEncoding(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    public static Optional<CertEncoding> byId(int id) {
        for (CertEncoding encoding : values()) {
            if (encoding.id == id) {
                return Optional.of(encoding);
            }
        }
        return Optional.empty();
    }
}
