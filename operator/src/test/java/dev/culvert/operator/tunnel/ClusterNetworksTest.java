package dev.culvert.operator.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterNetworksTest {
    @Test
    void line64_podsAndNodesAreTheClustersOwn() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("a")
                .endMetadata()
                .withNewSpec()
                .withPodCIDRs("10.244.1.0/24", "2001:db8:1::/64")
                .endSpec()
                .withNewStatus()
                .addNewAddress("192.0.2.1", "InternalIP")
                .addNewAddress("198.51.100.1", "ExternalIP")
                .addNewAddress("node-a.example", "Hostname")
                .addNewAddress("elsewhere", "ExternalIP")
                .endStatus()
                .build();
        assertThat(ClusterNetworks.of(List.of(node), Map.of("services", IpPrefix.parse("10.96.0.0/12"))))
                .containsExactly(
                        Map.entry("an address of node a", IpPrefix.parse("192.0.2.1/32")),
                        Map.entry("an address of node a (198.51.100.1/32)", IpPrefix.parse("198.51.100.1/32")),
                        Map.entry("services", IpPrefix.parse("10.96.0.0/12")),
                        Map.entry("the pods of node a", IpPrefix.parse("10.244.1.0/24")),
                        Map.entry("the pods of node a (2001:db8:1::/64)", IpPrefix.parse("2001:db8:1::/64")));
    }

    @Test
    void nodesThatTellNothingAreNoReasonToRefuse() {
        Node bare =
                new NodeBuilder().withNewMetadata().withName("a").endMetadata().build();
        assertThat(ClusterNetworks.of(List.of(bare), Map.of())).isEmpty();
    }
}
