package dev.culvert.api.v1alpha1.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.api.v1alpha1.Documents;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficSelectorConflictsTest {
    @Test
    void line64_theOlderTunnelKeepsThePackets() {
        IPSecTunnel older = tunnel("older", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        IPSecTunnel newer = tunnel("a-newer", "2026-01-02T00:00:00Z", "10.50.8.0/24");
        List<IPSecTunnel> all = List.of(newer, older);
        assertThat(TrafficSelectorConflicts.withOthers(older, all)).isEmpty();
        assertThat(TrafficSelectorConflicts.withOthers(newer, all))
                .singleElement()
                .hasToString("spec.children[0].remoteTrafficSelectors[0]: 10.244.0.0/16 to 10.50.8.0/24 overlaps with"
                        + " 10.244.0.0/16 to 10.50.0.0/16 of tunnel default/older, which was there first");
    }

    @Test
    void amongTunnelsOfOneSecondTheNameDecides() {
        IPSecTunnel a = tunnel("a", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        IPSecTunnel b = tunnel("b", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        assertThat(TrafficSelectorConflicts.withOthers(a, List.of(b))).isEmpty();
        assertThat(TrafficSelectorConflicts.withOthers(b, List.of(a))).hasSize(1);
    }

    @Test
    void theSameRemoteNetworkFromDifferentLocalOnesIsNoConflict() {
        IPSecTunnel a = tunnel("a", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        IPSecTunnel b = Documents.tunnel("/spec/children/0/localTrafficSelectors", "[10.245.0.0/16]");
        b.getMetadata().setName("b");
        assertThat(TrafficSelectorConflicts.withOthers(b, List.of(a))).isEmpty();
    }

    /** What one has go in the clear must not be what another protects. */
    @Test
    void aPolicyMustNotBeForAnothersPackets() {
        IPSecTunnel web = tunnel("web", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        IPSecTunnel dns = tunnel("dns", "2026-01-02T00:00:00Z", "10.50.8.0/24");
        web = filtered(web, "tcp", "[]");
        dns = filtered(dns, "udp", "[]");
        assertThat(TrafficSelectorConflicts.withOthers(dns, List.of(web))).isEmpty();
        dns = filtered(dns, "udp", "[{name: ping, action: Bypass, trafficFilter: {protocol: icmp}}]");
        assertThat(TrafficSelectorConflicts.withOthers(dns, List.of(web))).isEmpty();
        dns = filtered(dns, "udp", "[{name: all, action: Bypass}]");
        assertThat(TrafficSelectorConflicts.withOthers(dns, List.of(web)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.fieldPath()).isEqualTo("spec.policies[0]"));
        dns = filtered(dns, "udp", "[{name: all, action: Bypass, remoteTrafficSelectors: [10.51.0.0/16]}]");
        assertThat(TrafficSelectorConflicts.withOthers(dns, List.of(web))).isEmpty();
    }

    private static IPSecTunnel filtered(IPSecTunnel tunnel, String protocol, String policies) {
        ObjectNode document = Documents.tree(Serialization.asYaml(tunnel));
        Documents.with(document, "/spec/children/0/trafficFilter", "{protocol: " + protocol + "}");
        return Documents.as(IPSecTunnel.class, Documents.with(document, "/spec/policies", policies));
    }

    @Test
    void aRefusedTunnelStandsInNobodysWay() {
        IPSecTunnel first = tunnel("first", "2026-01-01T00:00:00Z", "10.50.0.0/16");
        IPSecTunnel refused = tunnel("refused", "2026-01-02T00:00:00Z", "10.48.0.0/12");
        IPSecTunnel third = tunnel("third", "2026-01-03T00:00:00Z", "10.60.0.0/16");
        List<IPSecTunnel> all = List.of(first, refused, third);
        assertThat(TrafficSelectorConflicts.withOthers(refused, all)).hasSize(1);
        assertThat(TrafficSelectorConflicts.withOthers(third, all)).isEmpty();
        IPSecTunnel invalid = tunnel("invalid", "2025-01-01T00:00:00Z", "10.50.0.0/16", "10.244.0.0/16");
        assertThat(TrafficSelectorConflicts.withOthers(first, List.of(invalid))).isEmpty();
    }

    @RepeatedTest(20)
    void allAtOnceIsAsOneByOne(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<IPSecTunnel> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int length = 12 + random.nextInt(13);
            int address = (10 << 24) | (random.nextInt(1 << 24) & (-1 << (32 - length)));
            all.add(tunnel(
                    "t" + random.nextInt(1000),
                    "2026-01-0" + (1 + random.nextInt(3)) + "T00:00:00Z",
                    IpAddress.v4(address) + "/" + length));
        }
        List<List<Problem>> oneByOne = all.stream()
                .map(tunnel -> TrafficSelectorConflicts.withOthers(tunnel, all))
                .toList();
        assertThat(TrafficSelectorConflicts.among(all)).isEqualTo(oneByOne);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.244.0.0/16", "10.244.3.0/24", "10.0.0.0/8", "0.0.0.0/0"})
    void line64_theClustersOwnNetworksAreNotRemote(String remote) {
        assertThat(TrafficSelectorConflicts.withCluster(
                        tunnel("t", "", remote), Map.of("pods of node a", IpPrefix.parse("10.244.0.0/16"))))
                .singleElement()
                .hasToString("spec.children[0].remoteTrafficSelectors[0]: remote " + remote
                        + " overlaps with 10.244.0.0/16, pods of node a, whose traffic it would capture");
    }

    @Test
    void otherNetworksAreNobodysBusiness() {
        assertThat(TrafficSelectorConflicts.withCluster(
                        tunnel("t", "", "10.50.0.0/16"),
                        Map.of("pods", IpPrefix.parse("10.244.0.0/16"), "services", IpPrefix.parse("2001:db8::/32"))))
                .isEmpty();
    }

    private static IPSecTunnel tunnel(String name, String created, String... remotes) {
        IPSecTunnel tunnel =
                Documents.tunnel("/spec/children/0/remoteTrafficSelectors", "[" + String.join(", ", remotes) + "]");
        tunnel.getMetadata().setName(name);
        tunnel.getMetadata().setCreationTimestamp(created);
        return tunnel;
    }
}
