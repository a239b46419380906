package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The IKEv1 tunnels by name and by the peer's address. One thread owns it; others may ask where noted. */
final class V1Tunnels {
    private final Map<String, V1Tunnel> byName = new LinkedHashMap<>();
    private final Map<IpAddress, SequencedSet<V1Tunnel>> byRemote = new HashMap<>();
    private final SequencedSet<V1Tunnel> fromAnywhere = new LinkedHashSet<>();
    private final Map<IpAddress, Integer> counts = new ConcurrentHashMap<>();
    private volatile boolean openToAnybody;

    Optional<V1Tunnel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<V1Tunnel> all() {
        return List.copyOf(byName.values());
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }

    /** Enters a tunnel; one whose configuration changes is taken out before and entered again after. */
    void add(V1Tunnel tunnel) {
        byName.put(tunnel.config().name(), tunnel);
        if (tunnel.config().remoteAddresses().isEmpty()) {
            fromAnywhere.add(tunnel);
        }
        for (IpAddress remote : remotes(tunnel.config())) {
            byRemote.computeIfAbsent(remote, _ -> new LinkedHashSet<>()).add(tunnel);
            counts.merge(remote, 1, Integer::sum);
        }
        openToAnybody = !fromAnywhere.isEmpty();
    }

    void remove(V1Tunnel tunnel) {
        byName.remove(tunnel.config().name());
        fromAnywhere.remove(tunnel);
        for (IpAddress remote : remotes(tunnel.config())) {
            byRemote.computeIfPresent(remote, (_, tunnels) -> {
                tunnels.remove(tunnel);
                return tunnels.isEmpty() ? null : tunnels;
            });
            counts.computeIfPresent(remote, (_, n) -> n == 1 ? null : n - 1);
        }
        openToAnybody = !fromAnywhere.isEmpty();
    }

    private static Set<IpAddress> remotes(TunnelConfig config) {
        Set<IpAddress> remotes = new LinkedHashSet<>();
        config.remoteAddresses().stream().map(UdpAddress::address).forEach(remotes::add);
        return remotes;
    }

    /** Tunnels that name that address as their peer's. Any thread. */
    int countAt(IpAddress remote) {
        return counts.getOrDefault(remote, 0);
    }

    /** Whether a tunnel has a peer that may come from any address. Any thread. */
    boolean isOpenToAnybody() {
        return openToAnybody;
    }

    /** Tunnels that a peer at that address may ask for; those that name its address come first. */
    List<V1Tunnel> candidates(IpAddress local, IpAddress remote) {
        List<V1Tunnel> found = new ArrayList<>(byRemote.getOrDefault(remote, new LinkedHashSet<>()));
        found.addAll(fromAnywhere);
        found.removeIf(t -> !local.isAny()
                && t.config().localAddress().filter(a -> !a.equals(local)).isPresent());
        return found;
    }
}
