package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of packets that a tunnel does not protect although its networks are theirs (RFC 4301 §4.4.1). */
public enum PolicyAction {
    /** They go in the clear, by the host's other routes. */
    @JsonProperty("Bypass")
    BYPASS("Bypass"),
    /** They are dropped. */
    @JsonProperty("Discard")
    DISCARD("Discard");

    private final String value;

    PolicyAction(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
