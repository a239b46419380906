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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The configured tunnels by name and by the peer's address. One thread owns it; others may ask where noted. */
final class TunnelIndex {
    private final Map<String, Tunnel> byName = new LinkedHashMap<>();
    private final Map<IpAddress, Group> byRemote = new ConcurrentHashMap<>();
    private final Group fromAnywhere = new Group();
    private long generation;
    private volatile boolean openToAnybody;

    /** Tunnels of one remote address, and the candidates for each of our addresses, made when first asked for. */
    private static final class Group {
        final Set<Tunnel> tunnels = new LinkedHashSet<>();
        final Map<Asked, Made> made = new HashMap<>();
        volatile int size;

        void changed() {
            size = tunnels.size();
        }
    }

    /** @param inStream whether the peer came by TCP, which not every tunnel allows */
    private record Asked(IpAddress local, boolean inStream) {}

    private record Made(long generation, Candidates candidates) {}

    Optional<Tunnel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<Tunnel> all() {
        return List.copyOf(byName.values());
    }

    /** Enters a tunnel; one whose configuration changes is taken out before and entered again after. */
    void add(Tunnel tunnel) {
        TunnelConfig config = tunnel.config();
        generation++;
        byName.put(config.name(), tunnel);
        if (config.remoteAddresses().isEmpty()) {
            fromAnywhere.tunnels.add(tunnel);
        }
        for (UdpAddress remote : config.remoteAddresses()) {
            Group group = byRemote.computeIfAbsent(remote.address(), _ -> new Group());
            group.tunnels.add(tunnel);
            group.changed();
        }
        openToAnybody = !fromAnywhere.tunnels.isEmpty();
    }

    void remove(Tunnel tunnel) {
        TunnelConfig config = tunnel.config();
        generation++;
        byName.remove(config.name());
        fromAnywhere.tunnels.remove(tunnel);
        for (UdpAddress remote : config.remoteAddresses()) {
            Group group = byRemote.get(remote.address());
            if (group != null && group.tunnels.remove(tunnel)) {
                group.changed();
                if (group.tunnels.isEmpty()) {
                    byRemote.remove(remote.address());
                }
            }
        }
        openToAnybody = !fromAnywhere.tunnels.isEmpty();
    }

    /** Tunnels that name that address as their peer's. Any thread. */
    int countAt(IpAddress remote) {
        Group group = byRemote.get(remote);
        return group == null ? 0 : group.size;
    }

    /** Whether a tunnel has a peer that may come from any address. Any thread. */
    boolean isOpenToAnybody() {
        return openToAnybody;
    }

    /** Whether a tunnel names the address. Any thread. */
    boolean isRemote(IpAddress remote) {
        return byRemote.containsKey(remote);
    }

    /** Tunnels that a peer at that address may ask for; those that name its address come first. */
    Candidates candidates(IpAddress local, IpAddress remote, boolean inStream) {
        Group group = byRemote.getOrDefault(remote, fromAnywhere);
        Asked asked = new Asked(local, inStream);
        @Nullable Made made = group.made.get(asked);
        if (made == null || made.generation != generation) {
            made = new Made(generation, make(group, asked));
            group.made.put(asked, made);
        }
        return made.candidates;
    }

    private Candidates make(Group group, Asked asked) {
        List<Tunnel> found = new ArrayList<>(group.tunnels);
        if (group != fromAnywhere) {
            found.addAll(fromAnywhere.tunnels);
        }
        found.removeIf(t -> !asked.local.isAny()
                && t.config().localAddress().filter(a -> !a.equals(asked.local)).isPresent());
        found.removeIf(t -> asked.inStream && !t.config().tcpEncapsulation().isAllowed());
        return Candidates.of(found);
    }
}
