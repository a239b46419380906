package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How packets of the other nodes' pods find the gateway's node. */
public enum RoutingType {
    /** A route on each node, by way of the gateway node's address. */
    @JsonProperty("HostRoute")
    HOST_ROUTE("HostRoute"),
    /** Nothing is done on other nodes; the gateway's own node is still routed. */
    @JsonProperty("None")
    NONE("None");

    private final String value;

    RoutingType(String value) {
        this.value = value;
    }

    /** The value as it stands in a document. */
    @Override
    public String toString() {
        return value;
    }
}
