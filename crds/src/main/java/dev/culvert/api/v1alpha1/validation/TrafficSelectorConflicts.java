package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.wire.IpPrefix;
import java.util.List;
import java.util.Map;

/** Checks that no two tunnels of a gateway want the same packets, and that none takes the cluster's own. */
public final class TrafficSelectorConflicts {
    private TrafficSelectorConflicts() {}

    /**
     * Problems of {@code tunnel} with older tunnels of the same gateway: of two that want the same packets, the one
     * made first keeps them (by creation time, then namespace and name).
     *
     * @param others the gateway's other tunnels; {@code tunnel} itself among them is passed over
     */
    public static List<Problem> withOthers(IPSecTunnel tunnel, Iterable<IPSecTunnel> others) {
        return List.of();
    }

    /**
     * Remote networks that would capture the cluster's own traffic.
     *
     * @param clusterNetworks what each is called, such as "pods of node a", and its network
     */
    public static List<Problem> withCluster(IPSecTunnel tunnel, Map<String, IpPrefix> clusterNetworks) {
        return List.of();
    }
}
