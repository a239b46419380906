package dev.culvert.ike.endpoint;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The configured tunnels by name and by the peer's address. */
final class TunnelIndex {
    private final Map<String, Tunnel> byName = new LinkedHashMap<>();
    private final Map<IpAddress, Set<Tunnel>> byRemote = new HashMap<>();
    private final Set<Tunnel> fromAnywhere = new LinkedHashSet<>();

    Optional<Tunnel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<Tunnel> all() {
        return List.copyOf(byName.values());
    }

    /** Enters a tunnel; one whose configuration changes is taken out before and entered again after. */
    void add(Tunnel tunnel) {
        TunnelConfig config = tunnel.config();
        byName.put(config.name(), tunnel);
        if (config.remoteAddresses().isEmpty()) {
            fromAnywhere.add(tunnel);
        }
        for (UdpAddress remote : config.remoteAddresses()) {
            byRemote.computeIfAbsent(remote.address(), a -> new LinkedHashSet<>())
                    .add(tunnel);
        }
    }

    void remove(Tunnel tunnel) {
        TunnelConfig config = tunnel.config();
        byName.remove(config.name());
        fromAnywhere.remove(tunnel);
        for (UdpAddress remote : config.remoteAddresses()) {
            byRemote.computeIfPresent(remote.address(), (a, tunnels) -> {
                tunnels.remove(tunnel);
                return tunnels.isEmpty() ? null : tunnels;
            });
        }
    }

    /** Whether a tunnel names the address. */
    boolean isRemote(IpAddress remote) {
        return byRemote.containsKey(remote);
    }

    /** Tunnels that a peer at that address may ask for; those that name its address come first. */
    List<Tunnel> candidates(IpAddress local, IpAddress remote) {
        List<Tunnel> found = new ArrayList<>(byRemote.getOrDefault(remote, Set.of()));
        found.addAll(fromAnywhere);
        found.removeIf(t -> !local.isAny()
                && t.config().localAddress().filter(a -> !a.equals(local)).isPresent());
        return found;
    }
}
