package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose network has other addresses for the other end. */
public enum TranslationSide {
    /** Ours, as the peer sees it. */
    @JsonProperty("Local")
    LOCAL("Local"),
    /** The peer's, as our hosts see it. */
    @JsonProperty("Remote")
    REMOTE("Remote");

    private final String value;

    TranslationSide(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
