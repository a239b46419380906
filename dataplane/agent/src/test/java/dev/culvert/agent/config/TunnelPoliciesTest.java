package dev.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.host.RoutePlan;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.io.nft.PacketFilter.Passage;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.TrafficSelector;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TunnelPoliciesTest {
    private static final String TUNNEL = """
        apiVersion: culvert.dev/v1alpha1
        kind: IPSecTunnel
        metadata: {name: branch, namespace: default, generation: 1}
        spec:
          local: {identity: {type: FQDN, value: a.example}}
          remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: b.example}}
          authentication: {method: PreSharedKey, preSharedKey: {secretRef: {name: psk, key: psk}}}
          policies:
          - {name: never, action: Discard, trafficFilter: {protocol: tcp, localPorts: 22}}
          - {name: open, action: Bypass, remoteTrafficSelectors: [10.0.0.0/8, 10.60.0.0/16], trafficFilter: {protocol: udp}}
          children:
          - name: web
            localTrafficSelectors: [10.1.0.0/16]
            remoteTrafficSelectors: [10.2.0.0/16]
            trafficFilter: {protocol: tcp, remotePorts: 443}
          - {name: v6, localTrafficSelectors: ['fd00:1::/32'], remoteTrafficSelectors: ['fd00:2::/32']}
        """;

    /** A policy takes effect within the children's networks, whatever their own filters. */
    @Test
    void policiesComeBeforeTheChildrenAndWithinTheirNetworks() {
        assertThat(TunnelPolicies.ofDataPath(state(TUNNEL)))
                .containsExactly(
                        new Policy.Discard(tcp("10.1.0.0/16", 22, 22), tcp("10.2.0.0/16", 0, 0xffff)),
                        new Policy.Discard(tcp("fd00:1::/32", 22, 22), tcp("fd00:2::/32", 0, 0xffff)),
                        new Policy.Bypass(udp("10.1.0.0/16"), udp("10.2.0.0/16")),
                        new Policy.Protect(
                                "default/branch",
                                "web",
                                tcp("10.1.0.0/16", 0, 0xffff),
                                tcp("10.2.0.0/16", 443, 443),
                                true),
                        new Policy.Protect(
                                "default/branch",
                                "v6",
                                List.of(TrafficSelector.parse("fd00:1::/32")),
                                List.of(TrafficSelector.parse("fd00:2::/32")),
                                true));
    }

    /** The mark of what is let past leads past table 229, and past nothing else. */
    @Test
    void theHostLetsTheSamePacketsPast() {
        DesiredState state = state(TUNNEL);
        assertThat(TunnelPolicies.ofFilter(state).passages())
                .containsExactly(
                        new Passage(false, tcp("10.1.0.0/16", 22, 22), tcp("10.2.0.0/16", 0, 0xffff)),
                        new Passage(false, tcp("fd00:1::/32", 22, 22), tcp("fd00:2::/32", 0, 0xffff)),
                        new Passage(true, udp("10.1.0.0/16"), udp("10.2.0.0/16")));
        assertThat(TunnelPolicies.ofRoutes(state)).hasSize(2).allMatch(RoutePlan.Protected::passable);
        DesiredState discarding = state(TUNNEL.replace("Bypass", "Discard"));
        assertThat(TunnelPolicies.ofFilter(discarding).passages()).isEmpty();
        assertThat(TunnelPolicies.ofRoutes(discarding)).noneMatch(RoutePlan.Protected::passable);
    }

    private static List<TrafficSelector> tcp(String network, int first, int last) {
        return selector(6, network, first, last);
    }

    private static List<TrafficSelector> udp(String network) {
        return selector(17, network, 0, 0xffff);
    }

    private static List<TrafficSelector> selector(int protocol, String network, int first, int last) {
        TrafficSelector all = TrafficSelector.parse(network);
        return List.of(new TrafficSelector(protocol, first, last, all.start(), all.end()));
    }

    private static DesiredState state(String yaml) {
        IPSecTunnel tunnel = Serialization.unmarshal(yaml, IPSecTunnel.class);
        return new DesiredState(List.of(new DesiredTunnel(
                Optional.of(tunnel),
                EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node"),
                1,
                Credentials.preSharedKey(SecretBytes.wrap(new byte[32])))));
    }
}
