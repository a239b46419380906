package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.api.v1alpha1.schema.ConditionList;
import dev.culvert.api.v1alpha1.schema.ListMap;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the node's agent sees; it patches this on transitions and, with nothing else changed, as a heartbeat.
 *
 * @param observedGeneration generation of the endpoint that the agent has taken up
 * @param conditions Programmed: whether sockets, device and routes are in place; Degraded while something is not as it
 *     should be with the agent
 * @param heartbeatTime RFC 3339; the agent was alive then
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ConditionList.class, input = "conditions")
@SchemaCustomizer(value = ListMap.class, input = "childSAs:name")
public record IPSecEndpointStatus(
        @JsonPropertyDescription("Generation of the spec that this status is about.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "Programmed: whether sockets, device and routes are in place. Degraded: what is not as it should be with the node's agent.")
        @Size(max = 16)
        List<Condition> conditions,

        @JsonPropertyDescription("Address and port of this end.") @Size(max = 64) @Nullable
        String localEndpoint,

        @JsonPropertyDescription("Address and port of the peer.") @Size(max = 64) @Nullable
        String remoteEndpoint,

        @JsonPropertyDescription("Which ends are behind a NAT.") @Nullable
        NatDetected natDetected,

        @JsonPropertyDescription("The IKE SA.") @Nullable IkeSaStatus ikeSA,

        @JsonPropertyDescription("The child SAs.") @Size(max = 16)
        List<ChildSaStatus> childSAs,

        @JsonPropertyDescription("The last thing that went wrong.") @Nullable
        LastError lastError,

        @JsonPropertyDescription("What the last changed configuration cost.") @Nullable
        ConfigurationChange lastChange,

        @JsonPropertyDescription("The agent was alive then.") @Size(max = 64) @Nullable
        String heartbeatTime) {
    public IPSecEndpointStatus {
        conditions = Lists.orEmpty(conditions);
        childSAs = Lists.orEmpty(childSAs);
    }
}
