package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where an IKE SA is in its life. */
public enum IkeSaState {
    /** There is none, and none is being set up. */
    @JsonProperty("Idle")
    IDLE("Idle"),
    /** IKE_SA_INIT or IKE_AUTH under way, or waiting to try again. */
    @JsonProperty("Connecting")
    CONNECTING("Connecting"),
    /** Authenticated. */
    @JsonProperty("Established")
    ESTABLISHED("Established"),
    /** Authenticated, a successor is being negotiated. */
    @JsonProperty("Rekeying")
    REKEYING("Rekeying"),
    /** A DELETE has been sent. */
    @JsonProperty("Deleting")
    DELETING("Deleting");

    private final String value;

    IkeSaState(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
