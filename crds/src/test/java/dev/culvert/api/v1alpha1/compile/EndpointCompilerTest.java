package dev.culvert.api.v1alpha1.compile;

import static dev.culvert.api.v1alpha1.Documents.GATEWAY;
import static dev.culvert.api.v1alpha1.Documents.TUNNEL;
import static dev.culvert.api.v1alpha1.Documents.as;
import static dev.culvert.api.v1alpha1.Documents.tree;
import static dev.culvert.api.v1alpha1.Documents.with;
import static dev.culvert.api.v1alpha1.Documents.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.Documents;
import dev.culvert.api.v1alpha1.DontFragment;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointPreSharedKey;
import dev.culvert.api.v1alpha1.EndpointRole;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IkeMode;
import dev.culvert.api.v1alpha1.MssClampMode;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class EndpointCompilerTest {
    @Test
    void copiesWhatIsWrittenAndResolvesTheRest() {
        IPSecTunnel tunnel = Documents.tunnel();
        tunnel.getMetadata().setGeneration(7L);
        IPSecEndpointSpec endpoint = EndpointCompiler.compile(
                tunnel, as(IPSecGateway.class, tree(GATEWAY)).getSpec(), "node-a");
        assertThat(endpoint.tunnelRef().generation()).isEqualTo(7);
        assertThat(endpoint.nodeName()).isEqualTo("node-a");
        assertThat(endpoint.role()).isEqualTo(EndpointRole.ACTIVE);
        assertThat(endpoint.suspend()).isFalse();
        assertThat(endpoint.ike())
                .isEqualTo(EndpointCompiler.complete(tunnel.getSpec()).ike());
        assertThat(endpoint.ike().proposals()).isEqualTo(tunnel.getSpec().ike().proposals());
        assertThat(endpoint.remote()).isEqualTo(tunnel.getSpec().remote());
        assertThat(endpoint.children())
                .isEqualTo(EndpointCompiler.complete(tunnel.getSpec()).children());
        assertThat(endpoint.mtu()).isEqualTo(1400);
        assertThat(endpoint.tcpMSSClamp()).isEqualTo(TcpMssClamp.defaults());
        assertThat(endpoint.dontFragment()).isEqualTo(DontFragment.CLEAR);
        assertThat(endpoint.authentication())
                .isEqualTo(new EndpointAuthentication(
                        AuthenticationMethod.PRE_SHARED_KEY,
                        null,
                        new EndpointPreSharedKey("default.branch.psk"),
                        null,
                        null));
    }

    /** Whatever a preset fills in. */
    @Test
    void copiesFiltersAndPolicies() {
        IPSecTunnel tunnel = as(
                IPSecTunnel.class,
                with(
                        with(tree(TUNNEL), "/spec/children/0/trafficFilter", "{protocol: tcp, remotePorts: 443}"),
                        "/spec/policies",
                        "[{name: ping, action: Bypass, trafficFilter: {protocol: icmp}}]"));
        IPSecEndpointSpec endpoint = EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.policies()).isEqualTo(tunnel.getSpec().policies()).hasSize(1);
        assertThat(endpoint.children().getFirst().trafficFilter())
                .isEqualTo(tunnel.getSpec().children().getFirst().trafficFilter())
                .isNotNull();
    }

    @Test
    void fillsInProposals() {
        IPSecTunnel tunnel =
                as(IPSecTunnel.class, without(without(tree(TUNNEL), "/spec/ike"), "/spec/children/0/proposals"));
        IPSecEndpointSpec endpoint = EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.ike().proposals()).isEqualTo(DefaultProposals.IKE).isNotEmpty();
        assertThat(endpoint.children().getFirst().proposals())
                .isEqualTo(DefaultProposals.ESP)
                .isNotEmpty();
    }

    @Test
    void fillsInWhatIkeV1Has() {
        IPSecTunnel tunnel =
                as(IPSecTunnel.class, with(without(tree(TUNNEL), "/spec/ike/proposals"), "/spec/ike/version", "IKEv1"));
        IPSecEndpointSpec main = EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node-a");
        assertThat(main.ike().mode()).isEqualTo(IkeMode.MAIN);
        assertThat(main.ike().mobike()).isFalse();
        assertThat(main.ike().proposals()).containsExactly("aes256-aes128-sha256-ecp256-modp2048");
        IPSecTunnel quick = as(
                IPSecTunnel.class,
                with(
                        with(without(tree(TUNNEL), "/spec/ike/proposals"), "/spec/ike/version", "IKEv1"),
                        "/spec/ike/mode",
                        "Aggressive"));
        IPSecEndpointSpec aggressive = EndpointCompiler.compile(quick, IPSecGatewaySpec.defaults(), "node-a");
        assertThat(aggressive.ike().mode()).isEqualTo(IkeMode.AGGRESSIVE);
        assertThat(aggressive.ike().proposals())
                .as("one key exchange")
                .containsExactly("aes256-aes128-sha256-modp2048");
    }

    @Test
    void takesOverWhatIsSaidAboutSizes() {
        IPSecTunnel tunnel = as(
                IPSecTunnel.class,
                with(
                        with(tree(TUNNEL), "/spec/tcpMSSClamp", "{mode: Fixed, value: 1200}"),
                        "/spec/dontFragment",
                        "Copy"));
        IPSecEndpointSpec endpoint = EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.tcpMSSClamp()).isEqualTo(new TcpMssClamp(MssClampMode.FIXED, 1200));
        assertThat(endpoint.dontFragment()).isEqualTo(DontFragment.COPY);
        assertThat(endpoint.withSuspend(true).dontFragment()).isEqualTo(DontFragment.COPY);
    }

    @Test
    void suspendedTunnelsStaySuspended() {
        IPSecEndpointSpec endpoint = EndpointCompiler.compile(
                Documents.tunnel("/spec/suspend", "true"), IPSecGatewaySpec.defaults(), "node-a");
        assertThat(endpoint.suspend()).isTrue();
        assertThat(endpoint.withSuspend(false).suspend()).isFalse();
        assertThat(endpoint.withSuspend(false).children()).isEqualTo(endpoint.children());
    }

    @Test
    void sameInputsSameEndpoint() {
        IPSecEndpointSpec one = EndpointCompiler.compile(Documents.tunnel(), IPSecGatewaySpec.defaults(), "node-a");
        assertThat(EndpointCompiler.compile(Documents.tunnel(), IPSecGatewaySpec.defaults(), "node-a"))
                .isEqualTo(one);
        assertThat(Serialization.unmarshal(Serialization.asYaml(one), IPSecEndpointSpec.class))
                .as("also after a way through YAML")
                .isEqualTo(one);
    }

    @Test
    void namesAreUniqueAndFit() {
        String longest = "n".repeat(253);
        assertThat(EndpointNames.endpoint("ns", "tunnel", "node-a")).matches("ns\\.tunnel\\.[0-9a-f]{10}");
        assertThat(EndpointNames.endpoint("ns", "tunnel", "node-a"))
                .isNotEqualTo(EndpointNames.endpoint("ns", "tunnel", "node-b"));
        assertThat(EndpointNames.endpoint("n".repeat(63), "t".repeat(63), longest))
                .hasSizeLessThan(253);
        assertThat(EndpointNames.labels("ns", "tunnel", longest).values())
                .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(63));
        assertThat(EndpointNames.preSharedKey("ns", "a.b")).isEqualTo("ns.a.b.psk");
    }
}
