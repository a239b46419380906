package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether an IKE SA begins without a child SA (RFC 6023). */
public enum Childless {
    /** The peer may; this end does if no child is wanted. */
    @JsonProperty("Allow")
    ALLOW("Allow"),
    /** This end does where the peer can. */
    @JsonProperty("Prefer")
    PREFER("Prefer"),
    /** Both ends do, or there is no tunnel. */
    @JsonProperty("Force")
    FORCE("Force"),
    @JsonProperty("Never")
    NEVER("Never");

    private final String value;

    Childless(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
