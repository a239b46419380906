package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.ChildSlot.Want;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.IkeSaState;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaContext;
import dev.culvert.ike.sa.SaOwner;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v2.exchange.SaInitInitiator;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One configured tunnel: which children are wanted, which IKE SAs there are, and what follows from the difference. Events
 * only change the state; {@link #reconcile} acts, after each of them.
 */
final class Tunnel implements SaOwner, Timed {
    /** How long the peer has to delete the redundant one of two IKE SAs before we do. */
    private static final Duration DUPLICATE_GRACE = Duration.ofSeconds(5);

    private final SaContext context;
    private final Map<String, ChildSlot> slots = new LinkedHashMap<>();
    private final List<IkeSa> sas = new ArrayList<>();
    private final Timers<TunnelTimer> timers = new Timers<>(TunnelTimer.class);
    private TunnelConfig config;
    private boolean removed;
    private @Nullable IkeSa current;
    private @Nullable Replacement replacement;
    private @Nullable IkeSa redundant;
    private int failures;
    private int nextAddress;
    private long retryAt = Long.MIN_VALUE;
    private long lastInitiation = Long.MIN_VALUE;
    private Optional<Failure> failure = Optional.empty();
    private Optional<TunnelStatus> published = Optional.empty();

    /**
     * An IKE SA that is being replaced make-before-break.
     *
     * @param outdated whether it was made under another configuration and must not outlive a refusal of the new one
     */
    private record Replacement(IkeSa old, boolean outdated) {}

    Tunnel(SaContext context, TunnelConfig config) {
        this.context = context;
        this.config = config;
        for (ChildConfig child : config.children()) {
            slots.put(child.name(), newSlot(child));
        }
    }

    // ---- commands ----

    /** Takes over a changed configuration, and leaves alone what it leaves alone. */
    void update(TunnelConfig newConfig, long nowNanos) {
        TunnelConfig old = config;
        config = newConfig;
        failures = 0;
        retryAt = Long.MIN_VALUE;
        lastInitiation = Long.MIN_VALUE;
        failure = Optional.empty();
        boolean sameIkeSa = newConfig.sameIkeSaAs(old);
        if (!sameIkeSa) {
            connecting().forEach(sa -> sa.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos));
        }
        updateSlots(old, sameIkeSa);
        if (current != null) {
            current.reschedule(nowNanos);
            scheduleReauthentication(current, nowNanos);
            if (!sameIkeSa) {
                replace(current, true);
            }
        }
        context.audit(
                AuditEvent.CONFIGURATION_CHANGED,
                Optional.of(config.name()),
                Map.of("ikeSa", sameIkeSa ? "kept" : "replaced"),
                sameIkeSa
                        ? "configuration changed; the IKE SA stays"
                        : "configuration changed; the IKE SA is made anew");
        changed();
    }

    private void updateSlots(TunnelConfig old, boolean sameIkeSa) {
        Map<String, ChildSlot> before = new LinkedHashMap<>(slots);
        slots.clear();
        for (ChildConfig child : config.children()) {
            Optional<ChildConfig> was = old.child(child.name());
            ChildSlot slot = before.remove(child.name());
            if (slot == null || was.isEmpty()) {
                slots.put(child.name(), newSlot(child));
                continue;
            }
            slots.put(child.name(), slot);
            slot.forgetFailures();
            if (child.startAction() == StartAction.START && was.get().startAction() != StartAction.START) {
                slot.want(Want.ALWAYS);
            }
            if (!sameIkeSa || !child.sameOnTheWire(was.get())) {
                slot.pending(false);
            }
            if (sameIkeSa && !child.sameOnTheWire(was.get())) {
                live(child.name()).ifPresent(pair -> {
                    slot.outdated().add(pair);
                    slot.request(ChildRequest.of(child.name()));
                });
            }
        }
        for (IkeSa sa : List.copyOf(sas)) {
            sa.children().all().stream()
                    .filter(pair -> before.containsKey(pair.name()))
                    .forEach(sa::deleteChild);
        }
    }

    private static ChildSlot newSlot(ChildConfig child) {
        return new ChildSlot(child.name(), child.startAction() == StartAction.START ? Want.ALWAYS : Want.NO);
    }

    void initiate(Optional<String> child) {
        for (ChildSlot slot : slots.values()) {
            if (child.map(slot.name()::equals).orElse(true)) {
                slot.forgetFailures();
                slot.request(ChildRequest.of(slot.name()));
                if (isStart(slot)) {
                    slot.want(Want.ALWAYS);
                }
            }
        }
        retryAt = Long.MIN_VALUE;
        lastInitiation = Long.MIN_VALUE;
        changed();
    }

    void terminate(Optional<String> child, long nowNanos) {
        for (ChildSlot slot : slots.values()) {
            if (child.map(slot.name()::equals).orElse(true)) {
                slot.want(Want.NO);
                slot.forgetFailures();
            }
        }
        if (child.isEmpty()) {
            failure = Optional.empty();
            replacement = null;
            List.copyOf(sas).forEach(sa -> sa.delete(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos));
        } else {
            for (IkeSa sa : List.copyOf(sas)) {
                sa.children().all().stream()
                        .filter(pair -> pair.name().equals(child.get()))
                        .forEach(sa::deleteChild);
            }
        }
        changed();
    }

    /** Ends everything; the status is told until the last SA is gone. */
    void remove(long nowNanos) {
        removed = true;
        timers.clear();
        terminate(Optional.empty(), nowNanos);
    }

    /** A packet met the child's policy and no SA. With startAction None only the peer or a person begins. */
    void acquire(ChildRequest request) {
        ChildSlot slot = slots.get(request.name());
        boolean begins = config.child(request.name())
                .filter(child -> child.startAction() != StartAction.NONE)
                .isPresent();
        if (slot != null && begins) {
            slot.request(request);
            changed();
        }
    }

    boolean rekey(Optional<String> child) {
        IkeSa sa = current;
        if (sa == null) {
            return false;
        }
        if (child.isEmpty()) {
            sa.enqueue(context.protocol().rekeyIkeSa());
            return true;
        }
        Optional<ChildSa> pair = sa.children().live(child.get());
        pair.ifPresent(sa::rekeyChild);
        return pair.isPresent();
    }

    /** Makes the IKE SA and its children anew before the old ones go. */
    boolean reauthenticate() {
        if (current == null || replacement != null) {
            return false;
        }
        replace(current, false);
        return true;
    }

    private void replace(IkeSa old, boolean outdated) {
        replacement = new Replacement(old, outdated || (replacement != null && replacement.outdated()));
        lastInitiation = Long.MIN_VALUE;
        for (ChildSlot slot : slots.values()) {
            if (old.children().live(slot.name()).isPresent() && slot.want() == Want.NO) {
                slot.request(ChildRequest.of(slot.name()));
            }
        }
        changed();
    }

    // ---- acting ----

    /** Does what stands between what is wanted and what is there. */
    void reconcile(long nowNanos) {
        if (!removed) {
            settleDuplicates(nowNanos);
            bringUp(nowNanos);
            finishReplacement(nowNanos);
        }
        publish();
    }

    private void bringUp(long nowNanos) {
        IkeSa sa = usable();
        List<ChildSlot> missing = slots.values().stream()
                .filter(slot -> slot.want() != Want.NO && !slot.pending() && !isUp(slot))
                .toList();
        timers.cancel(TunnelTimer.RETRY);
        if (missing.isEmpty()) {
            return;
        }
        if (sa != null) {
            for (ChildSlot slot : missing) {
                if (slot.retryAt() > nowNanos) {
                    retryBy(slot.retryAt());
                } else {
                    slot.pending(true);
                    sa.enqueue(context.protocol().createChild(slot.request()));
                }
            }
        } else if (connecting().isEmpty() && !config.remoteAddresses().isEmpty()) {
            long due = Math.max(retryAt, notTooSoon());
            if (due > nowNanos) {
                retryBy(due);
            } else {
                initiateIkeSa(nowNanos);
            }
        }
    }

    /** A peer that takes us up and throws us out at once must not keep us busy. */
    private long notTooSoon() {
        return lastInitiation == Long.MIN_VALUE
                ? Long.MIN_VALUE
                : lastInitiation + context.config().retry().first().toNanos();
    }

    private void retryBy(long at) {
        timers.set(TunnelTimer.RETRY, Math.min(at, timers.deadline(TunnelTimer.RETRY)));
    }

    private void initiateIkeSa(long nowNanos) {
        UdpAddress remote = config.remoteAddresses()
                .get(nextAddress % config.remoteAddresses().size());
        IpAddress any = remote.address().isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        boolean natPort = remote.port() != EndpointConfig.STANDARD_IKE_PORT;
        UdpAddress local = new UdpAddress(
                config.localAddress().orElse(any),
                natPort ? context.config().natPort() : context.config().ikePort());
        lastInitiation = nowNanos;
        sas.add(IkeSa.initiate(
                context, this, PeerPath.of(local, remote), SaInitInitiator.of(config, context.random()), nowNanos));
        changed();
    }

    private void finishReplacement(long nowNanos) {
        Replacement going = replacement;
        IkeSa sa = usable();
        if (going == null || sa == null) {
            return;
        }
        boolean complete = slots.values().stream()
                .allMatch(slot -> slot.want() == Want.NO
                        || isUp(slot)
                        || (!slot.pending() && slot.failure().isPresent()));
        if (complete) {
            replacement = null;
            going.old.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        }
    }

    /**
     * Of two IKE SAs that both sides initiated at once, the one with the higher SPIs goes. The other one's initiator
     * deletes it: it has the response, so the peer has that SA too. If the peer does not know this rule, we do it later.
     */
    private void settleDuplicates(long nowNanos) {
        IkeSa loser = redundant;
        IkeSa winner = current;
        if (loser == null || winner == null) {
            return;
        }
        if (!sas.contains(loser) || !loser.state().isUsable()) {
            redundant = null;
            timers.cancel(TunnelTimer.DUPLICATE);
        } else if (winner.origin().initiator()) {
            redundant = null;
            loser.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        } else if (!timers.isSet(TunnelTimer.DUPLICATE)) {
            timers.set(TunnelTimer.DUPLICATE, nowNanos + DUPLICATE_GRACE.toNanos());
        }
    }

    @Override
    public long deadline() {
        return timers.next();
    }

    @Override
    public void timeout(long nowNanos) {
        for (TunnelTimer timer : timers.expire(nowNanos)) {
            switch (timer) {
                case RETRY -> {}
                case REAUTHENTICATE -> reauthenticate();
                case DUPLICATE -> {
                    IkeSa loser = redundant;
                    redundant = null;
                    if (loser != null) {
                        loser.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
                    }
                }
            }
        }
        changed();
    }

    // ---- events of the SAs ----

    @Override
    public TunnelConfig config() {
        return config;
    }

    @Override
    public ChildRequest firstChild(IkeSa sa) {
        ChildSlot slot = slots.values().stream()
                .filter(s -> s.want() != Want.NO)
                .findFirst()
                .orElseGet(() -> slots.values().iterator().next());
        slot.pending(true);
        return slot.request();
    }

    @Override
    public boolean isOnlyContact(IkeSa sa) {
        return sas.stream().allMatch(other -> other == sa || other.state() == IkeSaState.INITIATING);
    }

    @Override
    public void troubled(IkeSa sa, Failure newFailure, long nowNanos) {
        if (current == null) {
            failure = Optional.of(newFailure);
        }
        changed();
    }

    @Override
    public void rejected(Failure newFailure, long nowNanos) {
        if (current == null) {
            failure = Optional.of(newFailure);
        }
        changed();
    }

    @Override
    public void established(IkeSa sa, long nowNanos) {
        if (!sas.contains(sa)) {
            sas.add(sa);
        }
        for (IkeSa other : List.copyOf(sas)) {
            if (other.state() == IkeSaState.INITIATING && replacement == null) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        failures = 0;
        retryAt = Long.MIN_VALUE;
        failure = Optional.empty();
        Optional<IkeSa> twin = sas.stream().filter(other -> areTwins(sa, other)).findFirst();
        IkeSa loser =
                twin.filter(other -> other.origin().isLowerThan(sa.origin())).isPresent() ? sa : twin.orElse(null);
        redundant = loser;
        current = loser == sa ? twin.orElse(sa) : sa;
        scheduleReauthentication(current, nowNanos);
        changed();
    }

    /** Whether both sides began them at once, and not one to replace the other. */
    private boolean areTwins(IkeSa sa, IkeSa other) {
        return other != sa
                && other.state().isUsable()
                && sa.origin().isTwinOf(other.origin())
                && (replacement == null || replacement.old != other);
    }

    private void scheduleReauthentication(IkeSa sa, long nowNanos) {
        long due = Jitter.soft(sa.establishedAt(), config.reauthTime(), context.random());
        timers.set(TunnelTimer.REAUTHENTICATE, Math.max(due, nowNanos));
    }

    @Override
    public void initialContact(IkeSa sa, long nowNanos) {
        for (IkeSa other : List.copyOf(sas)) {
            if (other != sa && other.state().isUsable() && other.establishedAt() <= sa.createdAt()) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
    }

    @Override
    public void childUp(IkeSa sa, ChildSa child, long nowNanos) {
        ChildSlot slot = slots.get(child.name());
        if (slot != null) {
            slot.up();
            slot.outdated().forEach(sa::deleteChild);
            slot.outdated().clear();
        }
        changed();
    }

    @Override
    public void childFailed(IkeSa sa, String child, Failure newFailure, long nowNanos) {
        ChildSlot slot = slots.get(child);
        if (slot != null) {
            slot.failed(newFailure, nowNanos + backoff(slot.failures()));
            slot.outdated().forEach(sa::deleteChild);
            slot.outdated().clear();
        }
        context.audit(
                AuditEvent.INITIATION_FAILED, Optional.of(config.name()), Map.of("child", child), newFailure.message());
        changed();
    }

    @Override
    public void childRejected(IkeSa sa, String child, Failure newFailure) {
        ChildSlot slot = slots.get(child);
        if (slot != null && live(child).isEmpty()) {
            slot.failure(newFailure);
        }
        changed();
    }

    @Override
    public boolean isMissing(String child) {
        ChildSlot slot = slots.get(child);
        return slot != null && slot.want() != Want.NO && !isUp(slot);
    }

    @Override
    public void childAbandoned(String child) {
        ChildSlot slot = slots.get(child);
        if (slot != null) {
            slot.pending(false);
        }
        changed();
    }

    @Override
    public void childLost(String child) {
        ChildSlot slot = slots.get(child);
        if (slot != null && live(child).isEmpty()) {
            slot.request(ChildRequest.of(child));
        }
        changed();
    }

    @Override
    public void childDown(IkeSa sa, ChildSa child, RemovalReason reason, long nowNanos) {
        Optional<ChildSa> other = live(child.name());
        ChildSlot slot = slots.get(child.name());
        if (other.isPresent()) {
            if (other.get().sending() && reason != RemovalReason.REKEYED) {
                context.emit(new Output.ActivateChildSa(
                        config.name(),
                        child.name(),
                        other.get().spiIn(),
                        other.get().spiOut()));
            }
        } else if (slot != null) {
            context.audit(
                    AuditEvent.CHILD_SA_CLOSED,
                    Optional.of(config.name()),
                    Map.of("child", child.toString(), "reason", reason.name()),
                    "child SA " + child + " closed: " + reason);
            afterLoss(sa, slot, reason);
        }
        changed();
    }

    private void afterLoss(IkeSa sa, ChildSlot slot, RemovalReason reason) {
        if (sa == redundant) {
            // The peer was through with a second IKE SA, not with the child: what is wanted moves to the first.
            return;
        }
        Optional<ChildConfig> child = config.child(slot.name());
        if (reason == RemovalReason.PEER_DEAD) {
            slot.want(config.dpd().action() == DpdConfig.Action.RESTART ? Want.ALWAYS : Want.NO);
        } else if (reason == RemovalReason.DELETED_BY_PEER) {
            boolean again =
                    child.filter(c -> c.closeAction() == CloseAction.START).isPresent();
            slot.want(again ? Want.ALWAYS : Want.NO);
        }
    }

    @Override
    public void rekeyed(IkeSa old, IkeSa heir, long nowNanos) {
        sas.remove(old);
        if (!sas.contains(heir)) {
            sas.add(heir);
        }
        if (current == old) {
            current = heir;
        }
        if (redundant == old) {
            redundant = heir;
        }
        if (replacement != null && replacement.old == old) {
            replacement = new Replacement(heir, replacement.outdated);
        }
        changed();
    }

    @Override
    public void reauthenticate(IkeSa sa, long nowNanos) {
        if (sa == current) {
            reauthenticate();
        }
    }

    @Override
    public void closed(IkeSa sa, CloseCause cause, long nowNanos) {
        if (!sas.remove(sa)) {
            return;
        }
        slots.values().forEach(slot -> slot.pending(false));
        if (current == sa) {
            current = sas.stream()
                    .filter(s -> s.state().isUsable())
                    .reduce((a, b) -> b)
                    .orElse(null);
        }
        if (replacement != null && replacement.old == sa) {
            replacement = null;
        }
        switch (cause.kind()) {
            case FAILED -> failed(cause, nowNanos);
            case PEER_DEAD, DELETED_BY_PEER -> {
                if (current == null) {
                    failure = cause.failure();
                }
                if (cause.kind() == CloseCause.Kind.PEER_DEAD) {
                    audit(AuditEvent.PEER_UNREACHABLE, cause);
                }
            }
            case DELETED_BY_US, REPLACED -> {}
        }
        changed();
    }

    private void failed(CloseCause cause, long nowNanos) {
        audit(AuditEvent.INITIATION_FAILED, cause);
        if (current == null || replacement != null) {
            failure = cause.failure();
        }
        retryAt = nowNanos + backoff(failures++);
        nextAddress++;
        boolean lastAddress = nextAddress % Math.max(1, config.remoteAddresses().size()) == 0;
        if (lastAddress && current == null) {
            slots.values().stream().filter(s -> s.want() == Want.ONCE).forEach(s -> s.want(Want.NO));
        }
        Replacement going = replacement;
        boolean refused = cause.failure()
                .filter(f -> f.kind() != FailureKind.PEER_UNREACHABLE)
                .isPresent();
        if (going != null && going.outdated && refused) {
            replacement = null;
            going.old.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        }
    }

    private long backoff(int earlierFailures) {
        EndpointConfig.Retry retry = context.config().retry();
        double nanos = retry.first().toNanos() * Math.pow(2, Math.min(earlierFailures, 30));
        long limited = (long) Math.min(nanos, (double) retry.maximum().toNanos());
        return Jitter.around(limited, retry.jitter(), context.random());
    }

    @Override
    public void changed() {
        context.touched(this);
    }

    // ---- looking ----

    boolean isRemoved() {
        return removed;
    }

    List<IkeSa> sas() {
        return List.copyOf(sas);
    }

    /** The established IKE SA that children are made on: not one that is being replaced. */
    private @Nullable IkeSa usable() {
        IkeSa sa = current;
        return sa != null && sa.state().isUsable() && (replacement == null || replacement.old != sa) ? sa : null;
    }

    private List<IkeSa> connecting() {
        return sas.stream().filter(sa -> sa.state().isConnecting()).toList();
    }

    private boolean isStart(ChildSlot slot) {
        return config.child(slot.name())
                .filter(c -> c.startAction() == StartAction.START)
                .isPresent();
    }

    /** Whether it is there as it should be: on an IKE SA that stays, under the present configuration. */
    private boolean isUp(ChildSlot slot) {
        return sas.stream()
                .filter(sa -> sa.state().isUsable() && (replacement == null || replacement.old != sa))
                .flatMap(sa -> sa.children().live(slot.name()).stream())
                .anyMatch(pair -> !slot.outdated().contains(pair));
    }

    /** The pair that carries the child, on the current IKE SA rather than on another. */
    private Optional<ChildSa> live(String child) {
        Optional<ChildSa> onCurrent =
                Optional.ofNullable(current).flatMap(sa -> sa.children().live(child));
        return onCurrent.or(() -> sas.stream()
                .filter(sa -> sa != current)
                .flatMap(sa -> sa.children().live(child).stream())
                .findFirst());
    }

    // ---- telling ----

    private void publish() {
        List<ChildStatus> children = slots.values().stream()
                .map(slot -> Statuses.child(slot, live(slot.name()), slot.pending()))
                .toList();
        Optional<IkeSa> shown = Optional.ofNullable(current)
                .or(() -> sas.stream().filter(sa -> sa.remoteSpi() != 0).findFirst());
        TunnelStatus status = new TunnelStatus(
                config.name(), state(), shown.map(Statuses::ikeSa), children, Statuses.failure(failure, children));
        if (!published.equals(Optional.of(status))) {
            published = Optional.of(status);
            context.emit(new Output.Status(status));
        }
    }

    private TunnelStatus.State state() {
        if (current != null && current.state().isUsable()) {
            return TunnelStatus.State.ESTABLISHED;
        }
        if (!connecting().isEmpty() || timers.isSet(TunnelTimer.RETRY)) {
            return TunnelStatus.State.CONNECTING;
        }
        return sas.isEmpty() ? TunnelStatus.State.IDLE : TunnelStatus.State.DELETING;
    }

    private void audit(AuditEvent event, CloseCause cause) {
        cause.failure()
                .ifPresent(f -> context.audit(
                        event,
                        Optional.of(config.name()),
                        Map.of("kind", f.kind().name()),
                        f.message()));
    }
}
