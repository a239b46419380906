package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether ESP goes in UDP (RFC 3948) or as IP protocol 50. */
public enum Encapsulation {
    /** In UDP where a NAT is detected. */
    @JsonProperty("Auto")
    AUTO("Auto"),
    /** In UDP always; the peer is made to find a NAT, so that it does the same. */
    @JsonProperty("Always")
    ALWAYS("Always"),
    /** Never in UDP, not even behind a NAT. */
    @JsonProperty("Never")
    NEVER("Never");

    private final String value;

    Encapsulation(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
