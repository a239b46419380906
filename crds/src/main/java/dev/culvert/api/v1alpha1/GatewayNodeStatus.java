package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** One node of a gateway. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record GatewayNodeStatus(
        @JsonPropertyDescription("Name of the node.") @Required @Size(min = 1, max = 253)
        String name,

        @JsonPropertyDescription("What the node does for the gateway.") @Required
        EndpointRole role,

        @JsonPropertyDescription("Whether the agent there runs and is ready.") @Required
        Boolean ready,

        @JsonPropertyDescription("The address under which peers reach it.") @Size(max = 45) @Nullable
        String publicAddress) {}
