package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a child SA is in its life. */
public enum ChildSaState {
    /** There is none, and none is being set up. */
    @JsonProperty("Idle")
    IDLE("Idle"),
    /** Waiting for the first packet. */
    @JsonProperty("Trapped")
    TRAPPED("Trapped"),
    /** Under negotiation. */
    @JsonProperty("Connecting")
    CONNECTING("Connecting"),
    /** Carrying traffic. */
    @JsonProperty("Installed")
    INSTALLED("Installed"),
    /** Carrying traffic, a successor is being negotiated. */
    @JsonProperty("Rekeying")
    REKEYING("Rekeying"),
    /** A DELETE has been sent. */
    @JsonProperty("Deleting")
    DELETING("Deleting");

    private final String value;

    ChildSaState(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
