package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a child SA wraps packets. */
public enum ChildMode {
    /** The whole packet inside a new one, RFC 4301 §3.2. */
    @JsonProperty("Tunnel")
    TUNNEL("Tunnel"),
    /** Between the packet's own header and what it carries, RFC 4301 §3.2: for the gateways' own traffic with each other. */
    @JsonProperty("Transport")
    TRANSPORT("Transport");

    private final String value;

    ChildMode(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
