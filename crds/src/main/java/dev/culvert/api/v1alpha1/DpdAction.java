package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens when the peer no longer answers liveness checks (RFC 7296 §2.4). */
public enum DpdAction {
    /** Set the IKE SA and its child SAs up again at once. */
    @JsonProperty("Restart")
    RESTART("Restart"),
    /** Drop the SAs and wait for the peer; traffic stays blocked. */
    @JsonProperty("Clear")
    CLEAR("Clear"),
    /** Drop the SAs and set them up again with the next packet that needs one. */
    @JsonProperty("Trap")
    TRAP("Trap");

    private final String value;

    DpdAction(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
