package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which ends are behind a NAT (RFC 7296 §2.23). */
public enum NatDetected {
    /** Neither. */
    @JsonProperty("None")
    NEITHER("None"),
    /** The local end. */
    @JsonProperty("Local")
    LOCAL("Local"),
    /** The remote end. */
    @JsonProperty("Remote")
    REMOTE("Remote"),
    /** Both ends. */
    @JsonProperty("Both")
    BOTH("Both");

    private final String value;

    NatDetected(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
