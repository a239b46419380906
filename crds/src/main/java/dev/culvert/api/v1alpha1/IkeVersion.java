package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The version of IKE that a tunnel speaks. */
public enum IkeVersion {
    /** RFC 2409, for peers that have nothing better. */
    @JsonProperty("IKEv1")
    IKE_V1("IKEv1"),
    /** RFC 7296. */
    @JsonProperty("IKEv2")
    IKE_V2("IKEv2");

    private final String value;

    IkeVersion(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
