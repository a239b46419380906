package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
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
 * @param preset what fills in the fields that are absent
 * @param suspend whether to hold no SA; the tunnel's traffic stays blocked, it is never sent in the clear
 */
// What is absent stays so when it is written: the accessors tell what it is by default.
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = ListMap.class, input = "children:name")
@SchemaCustomizer(value = ListMap.class, input = "policies:name")
@ValidationRule(
        value =
                "!has(self.ike.version) || self.ike.version != 'IKEv1' || self.children.all(c, c.localTrafficSelectors.size() == 1 && c.remoteTrafficSelectors.size() == 1)",
        fieldPath = ".children",
        message = "with IKEv1 each child has one local and one remote traffic selector: write a child for each pair")
@ValidationRule(
        value =
                "!has(self.ike.version) || self.ike.version != 'IKEv1' || !has(self.authentication.remoteMethod) || self.authentication.remoteMethod == self.authentication.method",
        fieldPath = ".authentication.remoteMethod",
        message = "with IKEv1 both ends authenticate by the same method")
@ValidationRule(
        value =
                "!has(self.ike.version) || self.ike.version != 'IKEv1' || !has(self.authentication.postQuantumPreSharedKey)",
        fieldPath = ".authentication.postQuantumPreSharedKey",
        message = "IKEv1 has no postQuantumPreSharedKey")
@ValidationRule(
        value =
                "(has(self.nat) && has(self.nat.translations) && self.nat.translations.size() > 0) || self.children.all(c, c.localTrafficSelectors.all(l, c.remoteTrafficSelectors.all(r, !isCIDR(l) || !isCIDR(r) || !(cidr(l).containsCIDR(cidr(r)) || cidr(r).containsCIDR(cidr(l))))))",
        fieldPath = ".children",
        message = "local and remote traffic selectors overlap, and nat.translations gives neither other addresses")
public record IPSecTunnelSpec(
        @JsonPropertyDescription("The gateway on which the tunnel ends; cannot change.") @Required @Nullable
        GatewayReference gatewayRef,

        @JsonPropertyDescription("Closes the tunnel without deleting it; its traffic stays blocked.") @Default("false")
        Boolean suspend,

        @JsonPropertyDescription(
                "Kind of the peer: fills in what its vendor documents wherever the tunnel says nothing itself. Weak algorithms among it count as named.")
        @Nullable
        Preset preset,

        @JsonPropertyDescription("How the IKE SA is negotiated and kept.") @Default("{}")
        IkeSettings ike,

        @JsonPropertyDescription("This end.") @Required LocalEnd local,
        @JsonPropertyDescription("The peer.") @Required RemoteEnd remote,

        @JsonPropertyDescription("How the tunnel gets through NATs.") @Default("{}")
        NatSettings nat,

        @JsonPropertyDescription(
                "How far the segment size that TCP's ends agree on is lowered. By default as the preset says, or Auto.")
        @Nullable
        TcpMssClamp tcpMSSClamp,

        @JsonPropertyDescription(
                "The DF bit of the outer IPv4 header: Clear lets the path fragment what is too long for it, Copy takes the inner packet's, Set forbids it. With Copy and Set the tunnel learns the path's MTU from ICMP.")
        @Default("Clear")
        DontFragment dontFragment,

        @JsonPropertyDescription("How both ends prove who they are.") @Required
        Authentication authentication,

        @JsonPropertyDescription("The child SAs, each with the networks it joins.") @Required @Size(min = 1, max = 16)
        List<ChildSpec> children,

        @JsonPropertyDescription(
                "Packets between the children's networks that are not protected: in order, before the children.")
        @Size(max = 16)
        List<TrafficPolicy> policies) {
    public IPSecTunnelSpec {
        suspend = suspend == null ? Boolean.FALSE : suspend;
        ike = ike == null ? IkeSettings.defaults() : ike;
        nat = nat == null ? NatSettings.defaults() : nat;
        dontFragment = dontFragment == null ? DontFragment.CLEAR : dontFragment;
        children = Lists.orEmpty(children);
        policies = Lists.orEmpty(policies);
    }

    /** Absent in a document, it is what a preset says, and without that {@link TcpMssClamp#defaults}. */
    @Override
    public TcpMssClamp tcpMSSClamp() {
        return tcpMSSClamp == null ? TcpMssClamp.defaults() : tcpMSSClamp;
    }

    /** The same, with what it leaves open taken from these. */
    public IPSecTunnelSpec orElse(IkeSettings otherIke, ChildDefaults otherChild, @Nullable TcpMssClamp otherClamp) {
        return new IPSecTunnelSpec(
                gatewayRef,
                suspend,
                preset,
                ike.orElse(otherIke),
                local,
                remote,
                nat,
                tcpMSSClamp == null ? otherClamp : tcpMSSClamp,
                dontFragment,
                authentication,
                children.stream().map(child -> child.orElse(otherChild)).toList(),
                policies);
    }
}
