package dev.culvert.operator.tunnel;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What no tunnel may claim as remote: the networks of pods and the addresses of nodes, as the nodes tell. Pure. */
final class ClusterNetworks {
    private ClusterNetworks() {}

    /**
     * Each network under the name by which a refusal calls it.
     *
     * @param configured what the operator was told besides: services, and pods where nodes have no networks of their own
     */
    static Map<String, IpPrefix> of(List<Node> nodes, Map<String, IpPrefix> configured) {
        Map<String, IpPrefix> networks = new TreeMap<>(configured);
        for (Node node : nodes) {
            String name = node.getMetadata().getName();
            pods(node).forEach(cidr -> put(networks, "the pods of node " + name, IpPrefix.parse(cidr)));
            addresses(node).forEach(address -> put(networks, "an address of node " + name, IpPrefix.host(address)));
        }
        return networks;
    }

    /** A node may have a network and an address of each family. */
    private static void put(Map<String, IpPrefix> networks, String what, IpPrefix network) {
        IpPrefix other = networks.putIfAbsent(what, network);
        if (other != null && !other.equals(network)) {
            networks.putIfAbsent(what + " (" + network + ")", network);
        }
    }

    private static List<String> pods(Node node) {
        return node.getSpec() == null
                ? List.of()
                : Objects.requireNonNullElse(node.getSpec().getPodCIDRs(), List.of());
    }

    private static Stream<IpAddress> addresses(Node node) {
        List<NodeAddress> all = node.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(node.getStatus().getAddresses(), List.of());
        return all.stream()
                .filter(address -> address.getType().endsWith("IP"))
                .flatMap(address -> parse(address.getAddress()).stream());
    }

    /** The API server does not check what a node says its address is. */
    private static Optional<IpAddress> parse(String address) {
        try {
            return Optional.of(IpAddress.parse(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
