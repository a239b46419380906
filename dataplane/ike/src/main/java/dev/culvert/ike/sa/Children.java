package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.wire.Carrier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The child SAs of one IKE SA, with what the ESP engine is told about them. */
public final class Children {
    private final IkeSa sa;
    private final SaContext context;
    private final Map<Integer, ChildSa> bySpiIn = new LinkedHashMap<>();

    Children(IkeSa sa, SaContext context) {
        this.sa = sa;
        this.context = context;
    }

    public List<ChildSa> all() {
        return List.copyOf(bySpiIn.values());
    }

    public boolean isEmpty() {
        return bySpiIn.isEmpty();
    }

    public boolean contains(ChildSa child) {
        return bySpiIn.get(child.spiIn()) == child;
    }

    public Optional<ChildSa> bySpiIn(int spiIn) {
        return Optional.ofNullable(bySpiIn.get(spiIn));
    }

    /** The pair whose SPI for packets to the peer this is: how the peer names it. */
    public Optional<ChildSa> bySpiOut(int spiOut) {
        return bySpiIn.values().stream().filter(c -> c.spiOut() == spiOut).findFirst();
    }

    /** Whether outbound traffic of a configured child uses a pair of this IKE SA that the peer is known to keep. */
    public boolean isSending(String name) {
        return sa.state() != IkeSaState.DELETING
                && bySpiIn.values().stream()
                        .anyMatch(c -> c.name().equals(name) && c.sending() && c.state() != ChildSa.State.DELETING);
    }

    /** The pair that carries a configured child now. */
    public Optional<ChildSa> live(String name) {
        return bySpiIn.values().stream()
                .filter(c -> c.name().equals(name) && c.isLive())
                .reduce((older, newer) -> newer);
    }

    /** Takes in a new pair; the ESP engine has been told. */
    public void add(ChildSa child) {
        bySpiIn.put(child.spiIn(), child);
        context.childAdded(sa, child);
        context.touched(sa);
    }

    /** Outbound traffic uses this pair from now on. */
    public void activate(ChildSa child) {
        child.timers().cancel(ChildTimer.ACTIVATE);
        boolean usable = child.isLive() || child.state() == ChildSa.State.REKEYED;
        if (!child.sending() && contains(child) && usable) {
            child.startSending();
            sa.owner().changed();
            context.emit(new Output.ActivateChildSa(
                    sa.owner().config().name(),
                    ChildConfig.configuredName(child.name()),
                    child.spiIn(),
                    child.spiOut()));
        }
    }

    /** The peer sent something after our last response, so it has the pairs that were made in it. */
    void activateAll(long nowNanos) {
        for (ChildSa child : all()) {
            if (child.timers().isSet(ChildTimer.ACTIVATE)) {
                activate(child);
                awaitDeleteOfPredecessor(child, nowNanos);
            }
        }
    }

    /** The peer has the new pair, so it is about to delete the old one. */
    private void awaitDeleteOfPredecessor(ChildSa child, long nowNanos) {
        for (ChildSa old : bySpiIn.values()) {
            if (old.replacement().filter(newer -> newer == child).isPresent()
                    && old.timers().isSet(ChildTimer.ABANDONED)) {
                old.timers().set(ChildTimer.ABANDONED, nowNanos + IkeSa.ABANDONED.toNanos());
            }
        }
        context.touched(sa);
    }

    /** Both SAs of the pair end here and now. A pair that replaced it starts sending first. */
    public void remove(ChildSa child, RemovalReason reason, long nowNanos) {
        if (!contains(child)) {
            return;
        }
        List<ChildSa> successors = successors(child);
        if (successors.stream().noneMatch(ChildSa::sending)) {
            successors.stream().findFirst().ifPresent(this::activate);
        }
        bySpiIn.remove(child.spiIn());
        context.releaseChildSpi(child.spiIn());
        child.timers().clear();
        boolean rekeyed = !successors.isEmpty() || child.state() == ChildSa.State.REKEYED;
        RemovalReason told = rekeyed ? RemovalReason.REKEYED : reason;
        context.emit(new Output.RemoveChildSa(
                sa.owner().config().name(),
                ChildConfig.configuredName(child.name()),
                child.spiIn(),
                child.spiOut(),
                told));
        sa.owner().childDown(sa, child, told, nowNanos);
        context.touched(sa);
    }

    /** The pairs that took its place, one after the other, as far as they are there. */
    private List<ChildSa> successors(ChildSa child) {
        List<ChildSa> line = new ArrayList<>();
        for (Optional<ChildSa> next = child.replacement();
                next.isPresent();
                next = next.get().replacement()) {
            next.filter(this::contains).ifPresent(line::add);
        }
        return line;
    }

    void removeAll(RemovalReason reason, long nowNanos) {
        all().forEach(child -> remove(child, reason, nowNanos));
    }

    /** All pairs go over to another IKE SA, which keeps them as they are (RFC 7296 §2.8). */
    public void moveTo(Children other) {
        for (ChildSa child : all()) {
            bySpiIn.remove(child.spiIn());
            other.add(child);
        }
        context.touched(sa);
    }

    /** Sets a child's lifetimes as they are configured now. */
    public void reschedule(ChildConfig config) {
        for (ChildSa child : bySpiIn.values()) {
            if (child.isLive() && child.name().equals(config.name())) {
                child.schedule(config, context.random());
            }
        }
        context.touched(sa);
    }

    /** Tells the ESP engine where the peer is now. */
    void updateAddresses() {
        PeerPath path = sa.path();
        Carrier carrier = path.ofEsp(sa.owner().config().encapsulation());
        for (ChildSa child : bySpiIn.values()) {
            context.emit(new Output.UpdateChildSa(
                    sa.owner().config().name(),
                    ChildConfig.configuredName(child.name()),
                    child.spiIn(),
                    child.spiOut(),
                    path.local(),
                    path.remote(),
                    carrier));
        }
    }

    long deadline() {
        long next = Timers.NEVER;
        for (ChildSa child : bySpiIn.values()) {
            next = Math.min(next, child.timers().next());
        }
        return next;
    }

    void timeout(long nowNanos) {
        for (ChildSa child : all()) {
            for (ChildTimer timer : child.timers().expire(nowNanos)) {
                switch (timer) {
                    case REKEY -> sa.rekeyChild(child);
                    case EXPIRE -> sa.expireChild(child, nowNanos);
                    case ACTIVATE -> activate(child);
                    case ABANDONED -> sa.deleteChild(child);
                }
            }
        }
    }
}
