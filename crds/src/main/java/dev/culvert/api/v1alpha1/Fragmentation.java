package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether IKE messages travel in fragments of their own (RFC 7383). */
public enum Fragmentation {
    /** Send and take them where the peer can. */
    @JsonProperty("Allow")
    ALLOW("Allow"),
    /** Take them, send none. */
    @JsonProperty("Accept")
    ACCEPT("Accept"),
    @JsonProperty("Never")
    NEVER("Never");

    private final String value;

    Fragmentation(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
