package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The tunnel that an endpoint was compiled from.
 *
 * @param generation of the tunnel's spec, so that a report can be told to be about the newest
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TunnelReference(
        @JsonPropertyDescription("Namespace of the IPSecTunnel.") @Required @Size(min = 1, max = 63)
        String namespace,

        @JsonPropertyDescription("Name of the IPSecTunnel.") @Required @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription("Generation of the IPSecTunnel.") @Nullable
        Long generation) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
