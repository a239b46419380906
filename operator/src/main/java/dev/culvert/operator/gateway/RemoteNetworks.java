package dev.culvert.operator.gateway;

import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.api.v1alpha1.status.Conditions;
import io.fabric8.kubernetes.api.model.Node;
import java.util.List;
import java.util.Optional;

/** Which networks the other nodes route to a gateway's node. Pure. */
final class RemoteNetworks {
    private RemoteNetworks() {}

    /**
     * The remote networks of accepted tunnels as hosts on this end know them, each once and in order. A peer with which the gateway itself talks in
     * transport mode is not among them. Those of another IP version than the node's
     * address have no way there and are left out.
     */
    static RouteTable routes(List<IPSecTunnel> tunnels, Node gatewayNode) {
        Optional<String> via = Placement.internalAddress(gatewayNode);
        if (via.isEmpty()) {
            return new RouteTable(List.of());
        }
        return new RouteTable(tunnels.stream()
                .filter(RemoteNetworks::isAccepted)
                .flatMap(tunnel -> HostView.of(
                        tunnel.getSpec().children(), tunnel.getSpec().nat())
                        .stream())
                .filter(child -> child.mode() == ChildMode.TUNNEL)
                .flatMap(child -> child.remoteTrafficSelectors().stream())
                .filter(network -> isV6(network) == isV6(via.get()))
                .distinct()
                .sorted()
                .map(network -> new RouteTable.Route(network, via.get()))
                .toList());
    }

    static boolean isAccepted(IPSecTunnel tunnel) {
        return tunnel.getStatus() != null
                && Conditions.isTrue(tunnel.getStatus().conditions(), ConditionTypes.ACCEPTED);
    }

    private static boolean isV6(String address) {
        return address.indexOf(':') >= 0;
    }
}
