package dev.culvert.operator.gateway;

import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the node of a gateway. Pure. */
public final class Placement {
    private Placement() {}

    /**
     * The gateway's node: the one it is on as long as that is eligible, so that tunnels do not move without need, else
     * the first eligible by name.
     *
     * @param current the node it is on, or null
     * @param taken nodes of other gateways: two agents cannot share a node's UDP ports 500 and 4500
     */
    public static Optional<Node> choose(
            IPSecGatewaySpec gateway, List<Node> nodes, @Nullable String current, Set<String> taken) {
        List<Node> eligible = nodes.stream()
                .filter(node -> isEligible(gateway, node))
                .filter(node -> !taken.contains(node.getMetadata().getName()))
                .sorted(Comparator.comparing((Node node) -> node.getMetadata().getName()))
                .toList();
        return eligible.stream()
                .filter(node -> node.getMetadata().getName().equals(current))
                .findFirst()
                .or(() -> eligible.stream().findFirst());
    }

    /** The address under which the other nodes reach this one. */
    public static Optional<String> internalAddress(Node node) {
        List<NodeAddress> addresses = node.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(node.getStatus().getAddresses(), List.of());
        return addresses.stream()
                .filter(address -> "InternalIP".equals(address.getType()))
                .map(NodeAddress::getAddress)
                .findFirst();
    }

    private static boolean isEligible(IPSecGatewaySpec gateway, Node node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        return labels.entrySet().containsAll(gateway.nodeSelector().entrySet())
                && isReady(node)
                && taints(node).stream().allMatch(taint -> isTolerated(taint, gateway.tolerations()));
    }

    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private static List<Taint> taints(Node node) {
        return node.getSpec() == null
                ? List.of()
                : Objects.requireNonNullElse(node.getSpec().getTaints(), List.of());
    }

    /** As the scheduler sees it; PreferNoSchedule does not count. */
    private static boolean isTolerated(Taint taint, List<Toleration> tolerations) {
        return "PreferNoSchedule".equals(taint.getEffect())
                || tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean effect =
                isBlank(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        if (isBlank(toleration.getKey())) {
            return effect && "Exists".equals(toleration.getOperator());
        }
        boolean value = "Exists".equals(toleration.getOperator())
                || Objects.requireNonNullElse(toleration.getValue(), "")
                        .equals(Objects.requireNonNullElse(taint.getValue(), ""));
        return effect && value && toleration.getKey().equals(taint.getKey());
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
