package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.message.DeletePayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The pairs of one tunnel, and what the data path is told about them. A new pair takes the place of an older one without a
 * gap: it receives before the peer can send on it, and sends when the peer is known to receive; the older one goes on
 * receiving until it is deleted some seconds later.
 *
 * <p>IKEv1 does not say what a quick mode is for, nor who deletes what. So each side deletes the pairs that it knew when it
 * began the quick mode that replaced them, and the one of two that it made itself while the peer made the other. What the
 * peer should have deleted it deletes only long after: most peers leave replaced pairs to their lifetimes.
 */
final class Pairs {
    /** From our last message of a quick mode to sending on the new pair: the peer has it then, unless that was lost. */
    private static final Duration SWITCH = Duration.ofSeconds(1);
    /** How long we wait for CONNECTED: the peer may have forgotten, or may be the only one that believes in it. */
    private static final Duration COMMIT = Duration.ofSeconds(5);
    /** From the new pair to the Delete of the one that it replaced. */
    private static final Duration OURS_TO_DELETE = Duration.ofSeconds(15);
    /** To the Delete of one of two pairs that both sides made at once. */
    private static final Duration REDUNDANT = Duration.ofSeconds(2);
    /** Longer than any of these. */
    private static final Duration PEERS_TO_DELETE = Duration.ofSeconds(60);
    /** Quick modes for the same child that both sides began within this time were begun at once. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    /** After how long a Delete is told again, and again: nobody answers it, and a peer that misses it sends to nowhere. */
    private static final List<Duration> TOLD_AGAIN =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(8), Duration.ofSeconds(20));

    /** A Delete that was told so many times. */
    private record Farewell(int protocolId, int spi, int told, long nextAt) {}

    private final List<Farewell> farewells = new ArrayList<>();
    private final V1Tunnel tunnel;
    private final SaHost host;
    private final BiConsumer<Pair, RemovalReason> onLoss;
    /** In the order in which they were made. */
    private final Map<Integer, Pair> bySpiIn = new LinkedHashMap<>();

    /** @param onLoss told of the last pair of a child that was up, and why it went */
    Pairs(V1Tunnel tunnel, BiConsumer<Pair, RemovalReason> onLoss) {
        this.tunnel = tunnel;
        this.host = tunnel.host();
        this.onLoss = onLoss;
    }

    // ---- looking ----

    List<Pair> all() {
        return List.copyOf(bySpiIn.values());
    }

    Optional<Pair> bySpiIn(int spiIn) {
        return Optional.ofNullable(bySpiIn.get(spiIn));
    }

    /** The pair whose SPI for packets to the peer this is: how the peer names it. */
    Optional<Pair> bySpiOut(int protocolId, int spiOut) {
        return bySpiIn.values().stream()
                .filter(pair -> pair.spiOut() == spiOut && pair.protocolId() == protocolId)
                .findFirst();
    }

    /** All of a child, the oldest first. */
    List<Pair> of(String child) {
        return bySpiIn.values().stream()
                .filter(pair -> pair.child().equals(child))
                .toList();
    }

    /** Those that carry a child: one, or several until it is settled which of them stays. The oldest first. */
    List<Pair> live(String child) {
        return of(child).stream().filter(Pair::isLive).toList();
    }

    private boolean contains(Pair pair) {
        return bySpiIn.get(pair.spiIn()) == pair;
    }

    private boolean isSending(String child) {
        return of(child).stream().anyMatch(Pair::sending);
    }

    // ---- making ----

    /**
     * We began the quick mode, and it is over with what follows.
     *
     * @param known the pairs of the child that were there when it began
     * @param commit whether the peer wants us to wait for its CONNECTED
     */
    Pair made(Agreement agreement, List<Pair> known, boolean commit, long nowNanos) {
        Pair pair = new Pair(agreement, nowNanos);
        pair.up();
        List<Pair> replaced = known.stream().filter(this::contains).toList();
        boolean atOnce = !commit && !isSending(pair.child());
        install(pair, agreement, replaced.stream().findFirst(), atOnce);
        if (!atOnce) {
            pair.timers().set(PairTimer.ACTIVATE, nowNanos + (commit ? COMMIT : SWITCH).toNanos());
        }
        replaced.forEach(old -> replace(old, pair, nowNanos + OURS_TO_DELETE.toNanos()));
        tellUp(pair, agreement, !replaced.isEmpty());
        settleRivals(pair.child(), nowNanos);
        return pair;
    }

    /** The peer began the quick mode: the pair receives before our answer is out, and sends nothing yet. */
    Pair prepare(Agreement agreement, long nowNanos) {
        Pair pair = new Pair(agreement, nowNanos);
        install(pair, agreement, live(pair.child()).stream().findFirst(), false);
        return pair;
    }

    /**
     * The peer has what {@link #prepare} made.
     *
     * @param commit whether it wants us to wait for its CONNECTED
     */
    void completed(Pair pair, Agreement agreement, boolean commit, long nowNanos) {
        if (!contains(pair)) {
            return;
        }
        pair.up();
        List<Pair> others =
                live(pair.child()).stream().filter(other -> other != pair).toList();
        List<Pair> replaced =
                others.stream().filter(old -> takesThePlaceOf(pair, old)).toList();
        replaced.forEach(old -> replace(old, pair, nowNanos + PEERS_TO_DELETE.toNanos()));
        others.stream()
                .filter(newer -> takesThePlaceOf(newer, pair))
                .forEach(newer -> replace(pair, newer, nowNanos + PEERS_TO_DELETE.toNanos()));
        tellUp(pair, agreement, !replaced.isEmpty());
        settleRivals(pair.child(), nowNanos);
        if (commit) {
            pair.timers().set(PairTimer.ACTIVATE, nowNanos + COMMIT.toNanos());
        } else if (pair.isLive() || !isSending(pair.child())) {
            activate(pair);
        }
    }

    /** Whether the peer, which made the newer pair, knew the older one when it began to. */
    private static boolean takesThePlaceOf(Pair newer, Pair old) {
        long age = newer.createdAt() - old.createdAt();
        return !newer.initiator() && (old.initiator() ? age > AT_ONCE.toNanos() : age > 0);
    }

    private void install(Pair pair, Agreement agreement, Optional<Pair> replaces, boolean sending) {
        bySpiIn.put(pair.spiIn(), pair);
        if (sending) {
            pair.startSending();
        }
        host.emit(new Output.InstallChildSa(
                tunnel.config().name(),
                ChildConfig.configuredName(pair.child()),
                agreement.parameters(replaces),
                sending));
        pair.schedule(agreement.child(), host.random());
        tunnel.changed();
    }

    private void tellUp(Pair pair, Agreement agreement, boolean rekeyed) {
        host.audit(
                rekeyed ? AuditEvent.CHILD_SA_REKEYED : AuditEvent.CHILD_SA_ESTABLISHED,
                Optional.of(tunnel.config().name()),
                Map.of("child", pair.toString(), "proposal", pair.suite().keywords()),
                "child SA " + pair + " " + pair.suite().keywords() + ": "
                        + agreement.ends().local() + " === " + agreement.ends().remote());
        tunnel.changed();
    }

    private static void replace(Pair old, Pair newer, long deleteAt) {
        old.replacedBy(newer);
        old.timers().set(PairTimer.DELETE, deleteAt);
    }

    /** The peer is not through with the quick mode of ours that made the pair: what goes by it has to wait. */
    void postpone(Pair pair, long nowNanos) {
        if (pair.timers().isSet(PairTimer.ACTIVATE)) {
            pair.timers().set(PairTimer.ACTIVATE, nowNanos + SWITCH.toNanos());
        }
        for (Pair old : bySpiIn.values()) {
            if (old.replacement().equals(Optional.of(pair)) && old.timers().isSet(PairTimer.DELETE)) {
                old.timers().set(PairTimer.DELETE, nowNanos + OURS_TO_DELETE.toNanos());
            }
        }
        tunnel.changed();
    }

    /** Of several that were made at once one stays, the same one on both sides. */
    private void settleRivals(String child, long nowNanos) {
        List<Pair> rivals = live(child);
        rivals.stream()
                .reduce((one, other) -> one.losesTo(other) ? other : one)
                .ifPresent(winner -> rivals.stream()
                        .filter(rival -> rival != winner)
                        .forEach(rival -> {
                            Duration wait = rival.initiator() ? REDUNDANT : PEERS_TO_DELETE;
                            replace(rival, winner, nowNanos + wait.toNanos());
                        }));
    }

    /** Outbound traffic uses this pair from now on. */
    void activate(Pair pair) {
        pair.timers().cancel(PairTimer.ACTIVATE);
        if (!pair.sending() && pair.isUp() && contains(pair)) {
            pair.startSending();
            host.emit(new Output.ActivateChildSa(
                    tunnel.config().name(), ChildConfig.configuredName(pair.child()), pair.spiIn(), pair.spiOut()));
            tunnel.changed();
        }
    }

    // ---- ending ----

    /** Both SAs of the pair end, and the peer is told if there is an SA to tell it by. */
    void delete(Pair pair, RemovalReason reason, Optional<IsakmpSa> usable, long nowNanos) {
        if (contains(pair)) {
            usable.ifPresent(sa -> tell(new Farewell(pair.protocolId(), pair.spiIn(), 0, nowNanos), sa, nowNanos));
            remove(pair, reason);
        }
    }

    private void tell(Farewell farewell, IsakmpSa sa, long nowNanos) {
        sa.inform(List.of(DeletePayload.ofChildren(farewell.protocolId(), List.of(farewell.spi()))), nowNanos);
        if (farewell.told() < TOLD_AGAIN.size()) {
            long nextAt = nowNanos + TOLD_AGAIN.get(farewell.told()).toNanos();
            farewells.add(new Farewell(farewell.protocolId(), farewell.spi(), farewell.told() + 1, nextAt));
        }
    }

    private void tellAgain(long nowNanos) {
        List<Farewell> due =
                farewells.stream().filter(f -> f.nextAt() <= nowNanos).toList();
        farewells.removeAll(due);
        tunnel.usable().ifPresent(sa -> due.forEach(farewell -> tell(farewell, sa, nowNanos)));
    }

    /** Both SAs of the pair end here. What takes over sends first. */
    void remove(Pair pair, RemovalReason reason) {
        if (!contains(pair)) {
            return;
        }
        bySpiIn.remove(pair.spiIn());
        pair.timers().clear();
        host.releaseChildSpi(pair.spiIn());
        Optional<Pair> heir = heir(pair);
        if (!isSending(pair.child())) {
            heir.ifPresent(this::activate);
        }
        boolean replaced = heir.isPresent() || pair.replacement().isPresent();
        RemovalReason told = replaced ? RemovalReason.REKEYED : reason;
        host.emit(new Output.RemoveChildSa(
                tunnel.config().name(), ChildConfig.configuredName(pair.child()), pair.spiIn(), pair.spiOut(), told));
        if (heir.isEmpty() && pair.isUp()) {
            host.audit(
                    AuditEvent.CHILD_SA_CLOSED,
                    Optional.of(tunnel.config().name()),
                    Map.of("child", pair.toString(), "reason", reason.name()),
                    "child SA " + pair + " closed: " + reason);
            onLoss.accept(pair, reason);
        }
        tunnel.changed();
    }

    /** The pair that carries the child now: if all were replaced, by what is gone, the newest one does again. */
    private Optional<Pair> heir(Pair removed) {
        return live(removed.child()).stream().findFirst().or(() -> {
            Optional<Pair> revived =
                    of(removed.child()).stream().filter(Pair::isUp).reduce((older, newer) -> newer);
            revived.ifPresent(Pair::revive);
            return revived;
        });
    }

    // ---- time ----

    long deadline() {
        long next = Timers.NEVER;
        for (Pair pair : bySpiIn.values()) {
            next = Math.min(next, pair.timers().next());
        }
        for (Farewell farewell : farewells) {
            next = Math.min(next, farewell.nextAt());
        }
        return next;
    }

    void timeout(long nowNanos) {
        tellAgain(nowNanos);
        for (Pair pair : all()) {
            for (PairTimer timer : pair.timers().expire(nowNanos)) {
                switch (timer) {
                    case REKEY -> pair.rekeyDue(true);
                    case ACTIVATE -> activate(pair);
                    case EXPIRE -> delete(pair, RemovalReason.EXPIRED, tunnel.usable(), nowNanos);
                    case DELETE -> {
                        pair.replacement().ifPresent(this::activate);
                        delete(pair, RemovalReason.REKEYED, tunnel.usable(), nowNanos);
                    }
                }
            }
        }
    }
}
