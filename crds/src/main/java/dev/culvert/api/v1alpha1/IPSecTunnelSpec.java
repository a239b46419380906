package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.culvert.api.v1alpha1.schema.ListMap;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the user wants: networks joined by IKE and IPsec with one peer.
 *
 * @param gatewayRef where the tunnel ends; may be absent only in the stand-alone agent's file
 * @param suspend whether to hold no SA; the tunnel's traffic stays blocked, it is never sent in the clear
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ListMap.class, input = "children:name")
@ValidationRule(
        value =
                "self.ike.version != 'IKEv1' || self.children.all(c, c.localTrafficSelectors.size() == 1 && c.remoteTrafficSelectors.size() == 1)",
        fieldPath = ".children",
        message = "with IKEv1 each child has one local and one remote traffic selector: write a child for each pair")
@ValidationRule(
        value =
                "self.ike.version != 'IKEv1' || !has(self.authentication.remoteMethod) || self.authentication.remoteMethod == self.authentication.method",
        fieldPath = ".authentication.remoteMethod",
        message = "with IKEv1 both ends authenticate by the same method")
@ValidationRule(
        value = "self.ike.version != 'IKEv1' || !has(self.authentication.postQuantumPreSharedKey)",
        fieldPath = ".authentication.postQuantumPreSharedKey",
        message = "IKEv1 has no postQuantumPreSharedKey")
public record IPSecTunnelSpec(
        @JsonPropertyDescription("The gateway on which the tunnel ends; cannot change.") @Required @Nullable
        GatewayReference gatewayRef,

        @JsonPropertyDescription("Closes the tunnel without deleting it; its traffic stays blocked.") @Default("false")
        Boolean suspend,

        @JsonPropertyDescription("How the IKE SA is negotiated and kept.") @Default("{}")
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
        Authentication authentication,

        @JsonPropertyDescription("The child SAs, each with the networks it joins.") @Required @Size(min = 1, max = 16)
        List<ChildSpec> children) {
    public IPSecTunnelSpec {
        suspend = suspend == null ? Boolean.FALSE : suspend;
        ike = ike == null ? IkeSettings.defaults() : ike;
        nat = nat == null ? NatSettings.defaults() : nat;
        tcpMSSClamp = tcpMSSClamp == null ? TcpMssClamp.defaults() : tcpMSSClamp;
        dontFragment = dontFragment == null ? DontFragment.CLEAR : dontFragment;
        children = Lists.orEmpty(children);
    }
}
