package dev.culvert.operator.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void takesTheFirstReadyNodeByName() {
        assertThat(choose(gateway(Map.of()), List.of(node("b", true), node("a", true)), null))
                .isEqualTo("a");
    }

    @Test
    void staysWhereItIs() {
        assertThat(choose(gateway(Map.of()), List.of(node("a", true), node("b", true)), "b"))
                .isEqualTo("b");
    }

    @Test
    void leavesANodeThatIsNotReady() {
        assertThat(choose(gateway(Map.of()), List.of(node("a", true), node("b", false)), "b"))
                .isEqualTo("a");
    }

    @Test
    void keepsToItsSelector() {
        Node labelled = new NodeBuilder(node("z", true))
                .editMetadata()
                .withLabels(Map.of("role", "edge"))
                .endMetadata()
                .build();
        assertThat(choose(gateway(Map.of("role", "edge")), List.of(node("a", true), labelled), null))
                .isEqualTo("z");
    }

    @Test
    void avoidsNodesOfOtherGateways() {
        assertThat(Placement.choose(gateway(Map.of()), List.of(node("a", true)), null, Set.of("a")))
                .isEmpty();
    }

    @Test
    void avoidsTaintsThatItDoesNotTolerate() {
        Node tainted = new NodeBuilder(node("a", true))
                .withNewSpec()
                .addNewTaint("NoSchedule", "dedicated", null, "db")
                .endSpec()
                .build();
        assertThat(choose(gateway(Map.of()), List.of(tainted, node("b", true)), null))
                .isEqualTo("b");
        Toleration toleration = new TolerationBuilder()
                .withKey("dedicated")
                .withOperator("Equal")
                .withValue("db")
                .withEffect("NoSchedule")
                .build();
        assertThat(choose(gateway(Map.of(), toleration), List.of(tainted), null))
                .isEqualTo("a");
    }

    private static @Nullable String choose(IPSecGatewaySpec gateway, List<Node> nodes, @Nullable String current) {
        return Placement.choose(gateway, nodes, current, Set.of())
                .map(node -> node.getMetadata().getName())
                .orElse(null);
    }

    private static IPSecGatewaySpec gateway(Map<String, String> selector, Toleration... tolerations) {
        IPSecGatewaySpec defaults = IPSecGatewaySpec.defaults();
        return new IPSecGatewaySpec(
                selector, List.of(tolerations), 1, null, defaults.exposure(), defaults.routing(), null);
    }

    private static Node node(String name, boolean ready) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of("kubernetes.io/hostname", name))
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build();
    }
}
