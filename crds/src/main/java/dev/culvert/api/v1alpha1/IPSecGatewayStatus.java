package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.api.v1alpha1.schema.ConditionList;
import dev.culvert.api.v1alpha1.schema.ListMap;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway is doing.
 *
 * @param tunnels number of tunnels that end here
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ConditionList.class, input = "conditions")
@SchemaCustomizer(value = ListMap.class, input = "nodes:name")
public record IPSecGatewayStatus(
        @JsonPropertyDescription("Generation of the spec that this status is about.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Accepted, Programmed and their summary Ready.") @Size(max = 16)
        List<Condition> conditions,

        @JsonPropertyDescription("The gateway's nodes.") @Size(max = 64)
        List<GatewayNodeStatus> nodes,

        @JsonPropertyDescription("Number of tunnels that end here.") @Min(0) @Nullable
        Integer tunnels) {
    public IPSecGatewayStatus {
        conditions = Lists.orEmpty(conditions);
        nodes = Lists.orEmpty(nodes);
    }
}
