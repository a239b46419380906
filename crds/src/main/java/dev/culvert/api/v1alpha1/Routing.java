package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** How packets of the other nodes' pods find the gateway's node. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Routing(
        @JsonPropertyDescription("HostRoute: a route on each node. None: the other nodes are left alone.")
        @Default("HostRoute")
        RoutingType type) {
    public Routing {
        type = type == null ? RoutingType.HOST_ROUTE : type;
    }
}
