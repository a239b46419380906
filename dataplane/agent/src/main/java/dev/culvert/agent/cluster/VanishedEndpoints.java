package dev.culvert.agent.cluster;

import dev.culvert.agent.config.DesiredTunnel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tunnels whose endpoint vanished without being suspended first, as the operator does when a tunnel is removed. One
 * that is only missing in a list was lost (an older etcd was restored) and goes on for a while, in which the operator makes
 * it again. One that was deleted (its gateway moves to another node, or a slip of the hand) closes its SAs at once, and its
 * traffic stays blocked for that while. One thread.
 */
final class VanishedEndpoints {
    private static final Logger log = LoggerFactory.getLogger(VanishedEndpoints.class);

    /** Longer than it takes an operator to be elected, to start and to make lost endpoints again. */
    static final Duration KEPT_FOR = Duration.ofSeconds(60);

    private final Map<String, Instant> since = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();

    /** The API server told of the deletion of the tunnel's endpoint. */
    void deleted(String tunnel) {
        deleted.add(tunnel);
    }

    /**
     * What to run.
     *
     * @param newlyVanished whether to ask again after {@link #KEPT_FOR}
     */
    record Result(List<DesiredTunnel> tunnels, boolean newlyVanished) {}

    /** The tunnels that are there, and behind them those of {@code before} that vanished not long ago. */
    Result keep(List<DesiredTunnel> before, List<DesiredTunnel> there, Instant now) {
        Set<String> names = there.stream().map(DesiredTunnel::name).collect(Collectors.toSet());
        since.keySet().removeAll(names);
        deleted.removeAll(names);
        List<DesiredTunnel> all = new ArrayList<>(there);
        boolean newly = false;
        for (DesiredTunnel tunnel : before) {
            Instant vanished = since.get(tunnel.name());
            if (names.contains(tunnel.name())
                    || (vanished == null && tunnel.spec().suspend())) {
                deleted.remove(tunnel.name());
                continue;
            }
            if (vanished == null) {
                vanished = now;
                since.put(tunnel.name(), now);
                newly = true;
                log.atWarn()
                        .addKeyValue("tunnel", tunnel.name())
                        .log(
                                "the endpoint vanished without being suspended; it is kept for {} s",
                                KEPT_FOR.toSeconds());
            }
            if (now.isBefore(vanished.plus(KEPT_FOR))) {
                all.add(deleted.contains(tunnel.name()) ? suspended(tunnel) : tunnel);
            } else {
                since.remove(tunnel.name());
                deleted.remove(tunnel.name());
            }
        }
        return new Result(all, newly);
    }

    private static DesiredTunnel suspended(DesiredTunnel tunnel) {
        return new DesiredTunnel(
                tunnel.document(), tunnel.spec().withSuspend(true), tunnel.generation(), tunnel.credentials());
    }
}
