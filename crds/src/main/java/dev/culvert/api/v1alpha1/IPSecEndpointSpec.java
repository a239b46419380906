package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.api.v1alpha1.schema.ListMap;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel compiled for one node: nothing is left to look up but key names in the node's own Secret, and nothing is
 * left to default.
 *
 * @param suspend hold no SA for this endpoint, but keep its traffic blocked; the operator sets it also before it
 *     removes an endpoint, so that the peer is sent a DELETE first
 * @param children with their proposals, never empty
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ListMap.class, input = "children:name")
@SchemaCustomizer(value = ListMap.class, input = "policies:name")
public record IPSecEndpointSpec(
        @JsonPropertyDescription("The tunnel that this was compiled from.") @Required
        TunnelReference tunnelRef,

        @JsonPropertyDescription("The node whose agent this is for.") @Required @Size(min = 1, max = 253)
        String nodeName,

        @JsonPropertyDescription("What the node does for the tunnel.") @Required
        EndpointRole role,

        @JsonPropertyDescription("Hold no SA, keep the traffic blocked.") @Default("false")
        Boolean suspend,

        @JsonPropertyDescription("How the IKE SA is negotiated and kept.") @Required
        IkeSettings ike,

        @JsonPropertyDescription("This end.") @Required LocalEnd local,
        @JsonPropertyDescription("The peer.") @Required RemoteEnd remote,

        @JsonPropertyDescription("How the tunnel gets through NATs.") @Default("{}")
        NatSettings nat,

        @JsonPropertyDescription("How far the segment size that TCP's ends agree on is lowered.") @Default("{}")
        TcpMssClamp tcpMSSClamp,

        @JsonPropertyDescription(
                "The DF bit of the outer IPv4 header: Clear lets the path fragment what is too long for it, Copy takes the inner packet's, Set forbids it. With Copy and Set the tunnel learns the path's MTU from ICMP.")
        @Default("Clear")
        DontFragment dontFragment,

        @JsonPropertyDescription("How both ends prove who they are.") @Required
        EndpointAuthentication authentication,

        @JsonPropertyDescription("The child SAs.") @Required @Size(min = 1, max = 16)
        List<ChildSpec> children,

        @JsonPropertyDescription(
                "Packets between the children's networks that are not protected: in order, before the children.")
        @Size(max = 16)
        List<TrafficPolicy> policies,

        @JsonPropertyDescription("MTU of the tunnel device in bytes; what fits the node's network by default.")
        @Min(576)
        @Max(9000)
        @Nullable
        Integer mtu) {
    public IPSecEndpointSpec {
        suspend = suspend == null ? Boolean.FALSE : suspend;
        nat = nat == null ? NatSettings.defaults() : nat;
        tcpMSSClamp = tcpMSSClamp == null ? TcpMssClamp.defaults() : tcpMSSClamp;
        dontFragment = dontFragment == null ? DontFragment.CLEAR : dontFragment;
        children = Lists.orEmpty(children);
        policies = Lists.orEmpty(policies);
    }

    /** The same endpoint, holding SAs or not. */
    public IPSecEndpointSpec withSuspend(boolean suspended) {
        return new IPSecEndpointSpec(
                tunnelRef,
                nodeName,
                role,
                suspended,
                ike,
                local,
                remote,
                nat,
                tcpMSSClamp,
                dontFragment,
                authentication,
                children,
                policies,
                mtu);
    }
}
