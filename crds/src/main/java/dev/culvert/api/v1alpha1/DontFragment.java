package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The DF bit of the outer IPv4 header in tunnel mode (RFC 4301 §8.1); {@code copy_df} in strongSwan. */
public enum DontFragment {
    /** The path fragments what is too long for it. */
    @JsonProperty("Clear")
    CLEAR("Clear"),
    /** As the inner packet has it; one of IPv6 counts as if it had it. */
    @JsonProperty("Copy")
    COPY("Copy"),
    /** The path never fragments. */
    @JsonProperty("Set")
    SET("Set");

    private final String value;

    DontFragment(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
