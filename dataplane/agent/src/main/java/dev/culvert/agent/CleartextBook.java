package dev.culvert.agent;

import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.wire.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many packets that a tunnel is to protect came in the clear and were refused, by tunnel. Written on the reconciler's
 * thread, read on any.
 */
public final class CleartextBook {
    private static final Logger log = LoggerFactory.getLogger(CleartextBook.class);

    private final boolean logging;
    private final Map<String, Long> refused = new TreeMap<>();
    private List<DesiredTunnel> tunnels = List.of();

    /** @param logging whether each addition is logged */
    public CleartextBook(boolean logging) {
        this.logging = logging;
    }

    synchronized void tunnels(DesiredState state) {
        tunnels = state.tunnels();
        refused.keySet()
                .removeIf(name -> tunnels.stream().noneMatch(t -> t.name().equals(name)));
    }

    /** Notes packets between networks of which all addresses are the same tunnels'. */
    synchronized void add(Pair pair, long packets) {
        for (DesiredTunnel tunnel : tunnels) {
            if (HostView.of(tunnel.spec().children(), tunnel.spec().nat()).stream()
                    .anyMatch(child -> contains(child.remoteTrafficSelectors(), pair.source())
                            && contains(child.localTrafficSelectors(), pair.destination()))) {
                refused.merge(tunnel.name(), packets, Long::sum);
                if (logging) {
                    log.atWarn()
                            .addKeyValue("tunnel", tunnel.name())
                            .log(
                                    "refused {} packets that came in the clear from {} to {}",
                                    packets,
                                    pair.source(),
                                    pair.destination());
                }
                return;
            }
        }
    }

    private static boolean contains(List<String> networks, IpPrefix part) {
        return networks.stream().anyMatch(network -> IpPrefix.parse(network).contains(part));
    }

    /** Packets by tunnel, those alone of which some were refused. Any thread. */
    public synchronized Map<String, Long> refused() {
        return Map.copyOf(refused);
    }
}
