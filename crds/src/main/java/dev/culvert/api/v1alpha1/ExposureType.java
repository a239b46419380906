package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the gateway's address is reached from outside. */
public enum ExposureType {
    /** The agent uses its node's network and addresses. */
    @JsonProperty("HostNetwork")
    HOST_NETWORK("HostNetwork");

    private final String value;

    ExposureType(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
