package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a node does for a tunnel. */
public enum EndpointRole {
    /** It negotiates and carries the traffic. */
    @JsonProperty("Active")
    ACTIVE("Active");

    private final String value;

    EndpointRole(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
