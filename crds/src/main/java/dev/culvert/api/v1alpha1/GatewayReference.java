package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Names a gateway in the operator's namespace: who may write tunnels does not thereby get pods on the nodes' network.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self == oldSelf", message = "gatewayRef cannot change; make a new tunnel instead")
public record GatewayReference(
        @JsonPropertyDescription("Name of an IPSecGateway in the operator's namespace.")
        @Required
        @Size(min = 1, max = 63)
        String name) {}
