package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The protocol of a child SA. */
public enum ChildProtocol {
    /** Encapsulating Security Payload, RFC 4303. */
    @JsonProperty("ESP")
    ESP("ESP");

    private final String value;

    ChildProtocol(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
