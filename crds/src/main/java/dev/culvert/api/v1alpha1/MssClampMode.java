package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far TCP's maximum segment size is lowered. */
public enum MssClampMode {
    /** To what fits the tunnel. */
    @JsonProperty("Auto")
    AUTO("Auto"),
    /** To a value. */
    @JsonProperty("Fixed")
    FIXED("Fixed"),
    /** Not at all. */
    @JsonProperty("Off")
    OFF("Off");

    private final String value;

    MssClampMode(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
