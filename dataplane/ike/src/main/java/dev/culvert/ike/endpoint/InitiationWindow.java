package dev.culvert.ike.endpoint;

import dev.culvert.ike.sa.IkeSa;
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
final class InitiationWindow implements Timed {
    private static final int WITH_ONE_PEER = 32;
    private static final int IN_ALL = 512;
    private static final Duration COUNTED = Duration.ofSeconds(5);

    private record Begun(IpAddress peer, long at) {}

    private final SequencedMap<IkeSa, Begun> underWay = new LinkedHashMap<>();
    private final Map<IpAddress, Integer> byPeer = new HashMap<>();
    private final SequencedMap<IpAddress, SequencedSet<Tunnel>> waiting = new LinkedHashMap<>();
    private boolean freed;

    /** Whether a tunnel may begin an IKE SA with that peer now; if not, {@link #poll} returns the tunnel when it may. */
    boolean admits(Tunnel tunnel, IpAddress peer) {
        boolean admitted = hasRoom(peer);
        if (!admitted) {
            waiting.computeIfAbsent(peer, _ -> new LinkedHashSet<>()).add(tunnel);
        }
        return admitted;
    }

    private boolean hasRoom(IpAddress peer) {
        return underWay.size() < IN_ALL && byPeer.getOrDefault(peer, 0) < WITH_ONE_PEER;
    }

    void began(IkeSa sa, long nowNanos) {
        IpAddress peer = sa.path().remote().address();
        underWay.put(sa, new Begun(peer, nowNanos));
        byPeer.merge(peer, 1, Integer::sum);
    }

    /** Counts the SA no more if it is up, or gone. */
    void update(IkeSa sa) {
        if (!sa.state().isConnecting()) {
            forget(sa);
        }
    }

    private void forget(IkeSa sa) {
        Begun begun = underWay.remove(sa);
        if (begun != null) {
            byPeer.computeIfPresent(begun.peer, (_, n) -> n == 1 ? null : n - 1);
            freed = true;
        }
    }

    /** The next tunnel that waited and may begin now, or null; it asks again. */
    @Nullable
    Tunnel poll() {
        if (!freed) {
            return null;
        }
        Iterator<Map.Entry<IpAddress, SequencedSet<Tunnel>>> peers =
                waiting.entrySet().iterator();
        while (underWay.size() < IN_ALL && peers.hasNext()) {
            Map.Entry<IpAddress, SequencedSet<Tunnel>> peer = peers.next();
            if (hasRoom(peer.getKey())) {
                Tunnel next = peer.getValue().removeFirst();
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
