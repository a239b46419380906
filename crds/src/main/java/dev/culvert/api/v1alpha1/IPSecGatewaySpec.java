package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where tunnels end.
 *
 * @param nodeSelector labels of the nodes that may be the gateway; any node by default
 * @param replicas nodes that serve the gateway at once: one, until standbys exist
 * @param mtu of the tunnel device, in bytes; absent: what fits the node's network
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record IPSecGatewaySpec(
        @JsonPropertyDescription("Labels of the nodes that may be the gateway; any Linux node by default.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints that the gateway's pods bear.") @Size(max = 64)
        List<Toleration> tolerations,

        @JsonPropertyDescription("Nodes that serve the gateway.") @Default("1") @Min(1) @Max(1)
        Integer replicas,

        @JsonPropertyDescription("What the gateway's pods ask of their nodes.") @Nullable
        PodSettings podTemplate,

        @JsonPropertyDescription("How peers reach the gateway.") @Default("{}")
        Exposure exposure,

        @JsonPropertyDescription("How packets of the other nodes' pods find the gateway's node.") @Default("{}")
        Routing routing,

        @JsonPropertyDescription("MTU of the tunnel device in bytes; what fits the node's network by default.")
        @Min(576)
        @Max(9000)
        @Nullable
        Integer mtu) {
    public IPSecGatewaySpec {
        nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
        tolerations = Lists.orEmpty(tolerations);
        replicas = replicas == null ? 1 : replicas;
        exposure = exposure == null ? new Exposure(ExposureType.HOST_NETWORK, null) : exposure;
        routing = routing == null ? new Routing(RoutingType.HOST_ROUTE) : routing;
    }

    /** What the stand-alone agent assumes, and what the chart makes. */
    public static IPSecGatewaySpec defaults() {
        return new IPSecGatewaySpec(
                Map.of(),
                List.of(),
                1,
                null,
                new Exposure(ExposureType.HOST_NETWORK, null),
                new Routing(RoutingType.HOST_ROUTE),
                null);
    }
}
