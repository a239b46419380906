package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What sets a child SA up, and what happens after the peer has closed one. */
public enum StartAction {
    /** Set it up at once. */
    @JsonProperty("Start")
    START("Start"),
    /** Set it up with the first packet that needs it. */
    @JsonProperty("Trap")
    TRAP("Trap"),
    /** Wait for the peer or for a command. */
    @JsonProperty("None")
    NONE("None");

    private final String value;

    StartAction(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
