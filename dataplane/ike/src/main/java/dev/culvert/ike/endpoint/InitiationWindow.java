package dev.culvert.ike.endpoint;

import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.wire.IpAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * How many IKE SAs we begin at a time. Hundreds of tunnels that begin at once would have each other's messages wait longer,
 * at the peer or here, than anybody waits for an answer, and then be begun anew without end. What is not answered for a
 * while counts no more, so that a peer that is away does not keep others waiting for long.
 */
public final class InitiationWindow implements Timed {
    private static final int WITH_ONE_PEER = 32;
    private static final int IN_ALL = 512;
    private static final Duration COUNTED = Duration.ofSeconds(5);

    private record Begun(IpAddress peer, long at) {}

    private final SequencedMap<Timed, Begun> underWay = new LinkedHashMap<>();
    private final Map<IpAddress, Integer> byPeer = new HashMap<>();
    private final SequencedMap<IpAddress, SequencedSet<Timed>> waiting = new LinkedHashMap<>();
    private boolean freed;

    /** Whether a tunnel may begin an IKE SA with that peer now; if not, {@link #poll} returns the tunnel when it may. */
    public boolean admits(Timed tunnel, IpAddress peer) {
        boolean admitted = hasRoom(peer);
        if (!admitted) {
            waiting.computeIfAbsent(peer, _ -> new LinkedHashSet<>()).add(tunnel);
        }
        return admitted;
    }

    private boolean hasRoom(IpAddress peer) {
        return underWay.size() < IN_ALL && byPeer.getOrDefault(peer, 0) < WITH_ONE_PEER;
    }

    /** One begins. */
    public void began(Timed sa, IpAddress peer, long nowNanos) {
        underWay.put(sa, new Begun(peer, nowNanos));
        byPeer.merge(peer, 1, Integer::sum);
    }

    /** Counts the SA no more: it is up, or gone. */
    public void forget(Timed sa) {
        Begun begun = underWay.remove(sa);
        if (begun != null) {
            byPeer.computeIfPresent(begun.peer, (_, n) -> n == 1 ? null : n - 1);
            freed = true;
        }
    }

    /** The next tunnel that waited and may begin now, or null; it asks again. */
    @Nullable
    Timed poll() {
        if (!freed) {
            return null;
        }
        Iterator<Map.Entry<IpAddress, SequencedSet<Timed>>> peers =
                waiting.entrySet().iterator();
        while (underWay.size() < IN_ALL && peers.hasNext()) {
            Map.Entry<IpAddress, SequencedSet<Timed>> peer = peers.next();
            if (hasRoom(peer.getKey())) {
                Timed next = peer.getValue().removeFirst();
                if (peer.getValue().isEmpty()) {
                    peers.remove();
                }
                return next;
            }
        }
        freed = false;
        return null;
    }

    @Override
    public long deadline() {
        return waiting.isEmpty() || underWay.isEmpty() ? Timers.NEVER : deadlineOfFirst();
    }

    @Override
    public void timeout(long nowNanos) {
        while (!underWay.isEmpty() && deadlineOfFirst() <= nowNanos) {
            forget(underWay.firstEntry().getKey());
        }
    }

    private long deadlineOfFirst() {
        return underWay.firstEntry().getValue().at + COUNTED.toNanos();
    }
}
