package dev.culvert.api.v1alpha1;

/** Who says whether a certificate was revoked. */
public enum RevocationMethod {
    /** A responder (RFC 6960). */
    OCSP,
    /** A list (RFC 5280 §5). */
    CRL
}
