package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kind of an IKE identity (RFC 7296 §3.5). */
public enum IdentityType {
    /** ID_FQDN: a domain name, never looked up. */
    @JsonProperty("FQDN")
    FQDN("FQDN"),
    /** ID_IPV4_ADDR or ID_IPV6_ADDR. */
    @JsonProperty("IP")
    IP("IP"),
    /** ID_RFC822_ADDR. */
    @JsonProperty("Email")
    EMAIL("Email"),
    /** ID_DER_ASN1_DN: a distinguished name, as RFC 4514 writes it. */
    @JsonProperty("DN")
    DN("DN");

    private final String value;

    IdentityType(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
