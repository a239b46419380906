package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an IKEv1 tunnel establishes its ISAKMP SA (RFC 2409 §5). */
public enum IkeMode {
    /** Six messages; identities are encrypted. */
    @JsonProperty("Main")
    MAIN("Main"),
    /** Three messages; with a pre-shared key, who listens can try guesses at it. */
    @JsonProperty("Aggressive")
    AGGRESSIVE("Aggressive");

    private final String value;

    IkeMode(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
