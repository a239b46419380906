package dev.culvert.agent.host;

import dev.culvert.io.nft.PacketFilter;
import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.io.nft.PacketFilter.Passage;
import dev.culvert.io.nft.PacketFilter.Rules;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps out what came in the clear from a tunnel's remote networks to its local ones (RFC 4301 §5.2), whatever device it
 * came by, and leads past the tunnels what a policy has go in the clear. Where the host has no nft, both are missing, which
 * {@link #problem} says: everything else works, and what is to go in the clear is dropped. One thread, but for
 * {@link #refused}.
 */
public final class CleartextGuard {
    private static final Logger log = LoggerFactory.getLogger(CleartextGuard.class);

    private final PacketFilter filter;
    private final boolean logging;
    private Rules wanted = Rules.NONE;
    private Optional<String> problem = Optional.empty();
    private Map<Pair, Long> byPair = Map.of();
    private long ofFilter;
    private long before;
    private volatile long refused;

    /** @param logging whether refused packets are logged, by the kernel */
    public CleartextGuard(PacketFilter filter, boolean logging) {
        this.filter = filter;
        this.logging = logging;
    }

    /**
     * What is excepted beside the children.
     *
     * @param passages what policies let past the tunnels, or do not
     * @param tcpPorts of IKE and ESP in TCP, at either end
     */
    public record Exceptions(List<Passage> passages, Set<Integer> tcpPorts) {
        public static final Exceptions NONE = new Exceptions(List.of(), Set.of());

        public Exceptions {
            passages = List.copyOf(passages);
            tcpPorts = Set.copyOf(tcpPorts);
        }
    }

    void apply(Collection<RoutePlan.Protected> children, Exceptions exceptions) {
        wanted = children.isEmpty()
                ? Rules.NONE
                : new Rules(CleartextPairs.of(children), exceptions.passages(), exceptions.tcpPorts(), logging);
        apply();
    }

    private void apply() {
        Optional<String> previous = problem;
        try {
            filter.apply(wanted);
            problem = Optional.empty();
        } catch (IOException e) {
            problem = Optional.of("cannot filter the host's packets: " + e.getMessage());
        }
        if (!problem.equals(previous)) {
            problem().ifPresent(p -> log.error("{}; what comes in the clear is not kept out", p));
        }
    }

    /** Why it does not work, if it does not and should. */
    public Optional<String> problem() {
        return problem.filter(p -> !wanted.equals(Rules.NONE));
    }

    /**
     * Reads the counters, and makes another try where there is a problem.
     *
     * @return how many packets were refused since the last look, by pair; without those that a policy discards
     */
    public Map<Pair, Long> look() {
        if (problem().isPresent()) {
            apply();
        }
        if (problem().isPresent()) {
            return Map.of();
        }
        try {
            long now = filter.refused();
            boolean grown = now != ofFilter;
            before += now < ofFilter ? ofFilter : 0; // a filter made anew begins at 0
            ofFilter = now;
            refused = before + now;
            return grown ? growth() : Map.of();
        } catch (IOException e) {
            log.debug("cannot read the counters: {}", e.getMessage());
            return Map.of();
        }
    }

    private Map<Pair, Long> growth() throws IOException {
        Map<Pair, Long> now = filter.refusedByPair();
        Map<Pair, Long> growth = new HashMap<>();
        now.forEach((pair, packets) -> {
            long last = byPair.getOrDefault(pair, 0L);
            long more = packets < last ? packets : packets - last;
            if (more > 0) {
                growth.put(pair, more);
            }
        });
        byPair = now;
        return growth;
    }

    /** Packets refused since the start, as of the last look. Any thread. */
    public long refused() {
        return refused;
    }

    void remove() throws IOException {
        wanted = Rules.NONE;
        try {
            filter.remove();
        } catch (IOException e) {
            if (problem.isEmpty()) {
                throw e;
            }
            log.debug("nothing to remove: {}", e.getMessage());
        }
    }
}
