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

/** How the tunnel is doing: the operator's folding of what the nodes report. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ConditionList.class, input = "conditions")
@SchemaCustomizer(value = ListMap.class, input = "childSAs:name")
public record IPSecTunnelStatus(
        @JsonPropertyDescription("Generation of the spec that this status is about.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Accepted, ResolvedRefs, Programmed, Established, Degraded and their summary Ready.")
        @Size(max = 16)
        List<Condition> conditions,

        @JsonPropertyDescription("Node that carries the traffic.") @Size(max = 253) @Nullable
        String activeNode,

        @JsonPropertyDescription("Address and port of this end.") @Size(max = 64) @Nullable
        String localEndpoint,

        @JsonPropertyDescription("Address and port of the peer.") @Size(max = 64) @Nullable
        String remoteEndpoint,

        @JsonPropertyDescription("Which ends are behind a NAT.") @Nullable
        NatDetected natDetected,

        @JsonPropertyDescription("The IKE SA.") @Nullable IkeSaStatus ikeSA,

        @JsonPropertyDescription("The child SAs.") @Size(max = 16)
        List<ChildSaStatus> childSAs,

        @JsonPropertyDescription("Child SAs that carry traffic, of how many.") @Size(max = 16) @Nullable
        String childSAsReady,

        @JsonPropertyDescription("The last thing that went wrong.") @Nullable
        LastError lastError,

        @JsonPropertyDescription("What the last changed configuration cost.") @Nullable
        ConfigurationChange lastChange) {
    public IPSecTunnelStatus {
        conditions = Lists.orEmpty(conditions);
        childSAs = Lists.orEmpty(childSAs);
    }
}
