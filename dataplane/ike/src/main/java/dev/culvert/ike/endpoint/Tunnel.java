package dev.culvert.ike.endpoint;

import dev.culvert.ike.endpoint.ChildSlot.Want;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.Jitter;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaContext;
import dev.culvert.ike.sa.SaOwner;
import dev.culvert.ike.sa.Streams;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v2.exchange.SaInitInitiator;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One configured tunnel: which children are wanted, which IKE SAs there are, and what follows from the difference. Events
 * only change the state; {@link #settle} acts, after each of them.
 */
final class Tunnel implements SaOwner, Timed {
    private final SaContext context;
    private final ChildSlots slots;
    private final IkeSas sas = new IkeSas();
    private final Attempts attempts;
    private final InitiationWindow window;
    private final Timers<TunnelTimer> timers = new Timers<>(TunnelTimer.class);
    private final SinglePairs pairs;
    /** Children that are asked for pair by pair after they were refused as a whole. */
    private final Map<String, ChildSlot> wholes = new HashMap<>();

    private boolean removed;
    private boolean silent;
    /** An IKE SA is to be begun as soon as the window has room. */
    private boolean inLine;
    /** Somebody asked for an IKE SA without child SA (RFC 6023). */
    private boolean childlessWanted;

    private Optional<Failure> failure = Optional.empty();
    private Optional<TunnelStatus> published = Optional.empty();

    Tunnel(SaContext context, InitiationWindow window, TunnelConfig config) {
        this.context = context;
        this.window = window;
        this.pairs = new SinglePairs(config);
        this.slots = new ChildSlots(config);
        this.attempts = new Attempts(context);
    }

    // ---- commands ----

    /** Takes over a changed configuration, and leaves alone what it leaves alone. */
    void update(TunnelConfig newConfig, long nowNanos) {
        TunnelConfig old = config();
        pairs.configure(newConfig);
        attempts.forget();
        failure = Optional.empty();
        for (IkeSa sa : sas.connecting()) {
            if (!newConfig.sameIkeSaAs(old, Optional.of(sa.path().remote()))) {
                sa.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        boolean sameIkeSa =
                newConfig.sameIkeSaAs(old, sas.current().map(sa -> sa.path().remote()));
        boolean up = sas.current().isPresent();
        List<String> outdated = slots.update(old, config(), sameIkeSa, sas);
        sas.current().ifPresent(sa -> {
            sa.reschedule(nowNanos);
            scheduleReauthentication(sa, nowNanos);
            if (!sameIkeSa) {
                replace(sa, true);
            }
        });
        if (config().remoteAddresses().isEmpty()) {
            // Only the peer can begin, and it does when it has none.
            sas.finishReplacement(nowNanos);
        }
        if (!up) {
            context.audit(
                    AuditEvent.CONFIGURATION_CHANGED,
                    Optional.of(config().name()),
                    Map.of(),
                    "configuration changed; no IKE SA was up");
        } else if (sameIkeSa) {
            applied(
                    outdated.isEmpty() ? ConfigurationEffect.KEPT : ConfigurationEffect.CHILD_SAS_REPLACED,
                    outdated.isEmpty()
                            ? "the IKE SA and its child SAs stay"
                            : "the IKE SA stays, and the child SAs " + String.join(", ", outdated)
                                    + " are made anew before the old ones are deleted");
        } else if (config().remoteAddresses().isEmpty()) {
            applied(
                    ConfigurationEffect.INTERRUPTED,
                    "the IKE SA was deleted at once: only the peer, which has no address here, can make another one");
        } else {
            applied(
                    ConfigurationEffect.IKE_SA_REPLACED,
                    "the IKE SA is made anew, with its child SAs, before the old one is deleted");
        }
        changed();
    }

    private void applied(ConfigurationEffect effect, String message) {
        context.audit(
                AuditEvent.CONFIGURATION_CHANGED,
                Optional.of(config().name()),
                Map.of("effect", effect.name()),
                "configuration changed; " + message);
        context.emit(new Output.ConfigurationApplied(config().name(), effect, message));
    }

    void initiate(Optional<String> child) {
        attempts.hurry();
        changed();
        if (child.isEmpty() && startsChildless()) {
            childlessWanted = sas.usable().isEmpty();
            return;
        }
        for (ChildSlot slot : slots.named(child)) {
            slot.forgetFailures();
            slot.request(ChildRequest.of(slot.name()));
            if (isStart(slot)) {
                slot.want(Want.ALWAYS);
            }
        }
    }

    /** Whether the IKE SA comes first, and the children as packets or people ask for them. */
    private boolean startsChildless() {
        return (config().childless() == Childless.PREFER || config().childless() == Childless.FORCE)
                && slots.named(Optional.empty()).stream().noneMatch(this::isStart);
    }

    void terminate(Optional<String> child, long nowNanos) {
        for (ChildSlot slot : slots.named(child)) {
            slot.want(Want.NO);
            slot.forgetFailures();
        }
        if (child.isEmpty()) {
            failure = Optional.empty();
            childlessWanted = false;
            sas.forgetReplacement();
            sas.all().forEach(sa -> sa.delete(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos));
        } else {
            sas.all()
                    .forEach(sa -> ChildSlots.deletePairs(
                            sa, pair -> ChildConfig.configuredName(pair.name()).equals(child.get())));
        }
        changed();
    }

    /** Ends everything; the status is told until the last SA is gone. */
    void remove(long nowNanos) {
        removed = true;
        inLine = false;
        timers.clear();
        terminate(Optional.empty(), nowNanos);
    }

    /** A packet met the child's policy and no SA. With startAction None only the peer or a person begins. */
    void acquire(ChildRequest request) {
        for (ChildSlot slot : slots.named(Optional.of(request.name()))) {
            Optional<ChildConfig> child = config().child(slot.name());
            Optional<StartAction> start = child.map(ChildConfig::startAction);
            boolean begins = start.equals(Optional.of(StartAction.TRAP))
                    || (start.equals(Optional.of(StartAction.START)) && !slot.cleared());
            boolean carries = child.filter(c -> !c.isPart() || c.carries(request.local(), request.remote()))
                    .isPresent();
            if (begins && carries && !slot.isGivenUp()) {
                slot.request(new ChildRequest(slot.name(), request.local(), request.remote()));
                changed();
            }
        }
    }

    boolean rekey(Optional<String> child) {
        Optional<IkeSa> sa = sas.current();
        if (sa.isEmpty()) {
            return false;
        }
        if (child.isEmpty()) {
            sa.get().enqueue(context.protocol().rekeyIkeSa());
            return true;
        }
        List<ChildSa> live = sa.get().children().all().stream()
                .filter(pair ->
                        pair.isLive() && ChildConfig.configuredName(pair.name()).equals(child.get()))
                .toList();
        live.forEach(sa.get()::rekeyChild);
        return !live.isEmpty();
    }

    /** Makes the IKE SA and its children anew before the old ones go. */
    boolean reauthenticate() {
        Optional<IkeSa> sa = sas.current();
        if (sa.isEmpty() || sas.isReplacing() || config().remoteAddresses().isEmpty()) {
            return false;
        }
        replace(sa.get(), false);
        return true;
    }

    private void replace(IkeSa old, boolean outdated) {
        sas.replace(old, outdated);
        attempts.another(Route.of(config()));
        slots.wantAgain(old);
        changed();
    }

    // ---- acting ----

    /** Does what stands between what is wanted and what is there. */
    @Override
    public void settle(long nowNanos) {
        if (!removed) {
            settleDuplicates(nowNanos);
            bringUp(nowNanos);
            if (sas.isReplacing() && sas.usable().isPresent() && slots.isComplete(sas)) {
                sas.finishReplacement(nowNanos);
            }
        }
        publish();
    }

    private void settleDuplicates(long nowNanos) {
        switch (sas.duplicate()) {
            case NONE -> timers.cancel(TunnelTimer.DUPLICATE);
            case OURS -> deleteDuplicateBy(nowNanos + IkeSas.SETTLING.toNanos());
            case PEERS -> deleteDuplicateBy(nowNanos + IkeSas.DUPLICATE_GRACE.toNanos());
        }
    }

    private void deleteDuplicateBy(long at) {
        if (!timers.isSet(TunnelTimer.DUPLICATE)) {
            timers.set(TunnelTimer.DUPLICATE, at);
        }
    }

    private void bringUp(long nowNanos) {
        timers.cancel(TunnelTimer.RETRY);
        inLine = false;
        List<ChildSlot> missing = slots.missing(sas);
        Optional<IkeSa> sa = sas.usable();
        boolean ikeSaAlone = sa.isEmpty() && (childlessWanted || sas.isReplacing());
        if (missing.isEmpty() && !ikeSaAlone) {
            return;
        }
        if (sa.isPresent()) {
            for (ChildSlot slot : missing) {
                if (slot.retryAt() > nowNanos) {
                    retryBy(slot.retryAt());
                } else {
                    slot.pending(true);
                    sa.get().enqueue(context.protocol().createChild(slot.request()));
                }
            }
        } else if (sas.connecting().isEmpty() && !config().remoteAddresses().isEmpty()) {
            if (attempts.due() > nowNanos) {
                retryBy(attempts.due());
            } else {
                Route route = attempts.route(Route.of(config()));
                inLine = !window.admits(this, route.remote().address());
                if (!inLine) {
                    initiateIkeSa(route, nowNanos);
                }
            }
        }
    }

    private void retryBy(long at) {
        timers.set(TunnelTimer.RETRY, Math.min(at, timers.deadline(TunnelTimer.RETRY)));
    }

    private void initiateIkeSa(Route route, long nowNanos) {
        attempts.begin(nowNanos);
        UdpAddress remote = route.remote();
        IpAddress any = remote.address().isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        UdpAddress local = new UdpAddress(
                config().localAddress()
                        .or(() -> context.localPath(remote.address()))
                        .orElse(any),
                localPort(route));
        IkeSa sa = IkeSa.initiate(
                context,
                this,
                PeerPath.of(route.carrier(), local, remote),
                SaInitInitiator.of(config(), context.random()),
                nowNanos);
        sas.add(sa);
        window.began(sa, remote.address(), nowNanos);
        changed();
    }

    private int localPort(Route route) {
        if (route.carrier() == Carrier.TCP) {
            return Streams.newPort(context);
        }
        boolean natPort = route.remote().port() != EndpointConfig.STANDARD_IKE_PORT;
        return natPort ? context.config().natPort() : context.config().ikePort();
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
                case DUPLICATE -> sas.deleteRedundant(nowNanos);
            }
        }
        changed();
    }

    // ---- events of the IKE SAs ----

    /** What is negotiated: with a peer that takes single pairs of selectors, each of them is a child. */
    @Override
    public TunnelConfig config() {
        return pairs.effective();
    }

    TunnelConfig configured() {
        return pairs.configured();
    }

    @Override
    public boolean isOnlyContact(IkeSa sa) {
        return sas.isOnlyContact(sa);
    }

    @Override
    public void troubled(IkeSa sa, Failure newFailure, long nowNanos) {
        rejected(newFailure, nowNanos);
    }

    @Override
    public void rejected(Failure newFailure, long nowNanos) {
        if (sas.current().isEmpty()) {
            failure = Optional.of(newFailure);
        }
        changed();
    }

    @Override
    public void established(IkeSa sa, long nowNanos) {
        sas.established(sa, nowNanos);
        attempts.succeeded();
        childlessWanted = false;
        failure = Optional.empty();
        slots.tryAgain(config());
        sas.current().ifPresent(current -> scheduleReauthentication(current, nowNanos));
        changed();
    }

    private void scheduleReauthentication(IkeSa sa, long nowNanos) {
        long due = Jitter.soft(sa.establishedAt(), config().reauthTime(), context.random());
        timers.set(TunnelTimer.REAUTHENTICATE, Math.max(due, nowNanos));
    }

    @Override
    public void initialContact(IkeSa sa, long nowNanos) {
        sas.initialContact(sa, nowNanos);
    }

    @Override
    public void rekeyed(IkeSa old, IkeSa heir, long nowNanos) {
        sas.succeeded(old, heir);
        changed();
    }

    @Override
    public void reauthenticate(IkeSa sa, long nowNanos) {
        if (sas.isCurrent(sa)) {
            reauthenticate();
        }
    }

    @Override
    public void closed(IkeSa sa, CloseCause cause, long nowNanos) {
        if (!sas.remove(sa)) {
            return;
        }
        slots.nothingPending();
        switch (cause.kind()) {
            case FAILED -> failed(cause, nowNanos);
            case PEER_DEAD, DELETED_BY_PEER -> {
                if (sas.current().isEmpty()) {
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
        if (sas.current().isEmpty() || sas.isReplacing()) {
            failure = cause.failure();
        }
        boolean refused = cause.failure()
                .filter(f -> f.kind() != FailureKind.PEER_UNREACHABLE)
                .isPresent();
        boolean lastAddress = attempts.failed(Route.of(config()).size(), !refused, nowNanos);
        if (lastAddress && sas.current().isEmpty()) {
            slots.giveUp();
            childlessWanted = false;
        }
        if (refused) {
            boolean ended = sas.replacementRefused(nowNanos);
            if (ended) {
                applied(
                        ConfigurationEffect.INTERRUPTED,
                        "the peer does not accept the new configuration, and what was made under the old one was"
                                + " deleted: "
                                + cause.failure().map(Failure::message).orElse(""));
            }
        }
    }

    @Override
    public void changed() {
        context.touched(this);
    }

    // ---- events of the children ----

    @Override
    public boolean wantsChild() {
        // What another IKE SA carries is wanted too: of two that both sides began, either may go.
        return slots.all().stream()
                .anyMatch(
                        slot -> slot.want() != Want.NO || sas.live(slot.name()).isPresent());
    }

    @Override
    public ChildRequest firstChild(IkeSa sa) {
        ChildSlot slot = slots.first();
        slot.pending(true);
        return slot.request();
    }

    @Override
    public boolean isMissing(String child) {
        return slots.find(child)
                .filter(slot -> slot.want() != Want.NO && !sas.isUp(slot))
                .isPresent();
    }

    @Override
    public boolean mayUse(IkeSa sa, String child, boolean peerHasIt) {
        return !sas.isSending(child) || (peerHasIt && !sas.isRedundant(sa));
    }

    @Override
    public void childUp(IkeSa sa, ChildSa child, long nowNanos) {
        pairs.partOf(child).ifPresent(part -> {
            slots.find(child.name()).ifPresent(whole -> deleteOutdated(sa, whole));
            split(child.name());
            child.name(part.name());
        });
        slots.find(child.name()).ifPresent(slot -> {
            slot.up();
            deleteOutdated(sa, slot);
        });
        changed();
    }

    private void split(String child) {
        List<ChildConfig> parts = pairs.split(child);
        slots.split(child, parts);
        context.audit(
                AuditEvent.CONFIGURATION_CHANGED,
                Optional.of(config().name()),
                Map.of("child", child),
                "the peer takes one pair of traffic selectors in a child SA: '" + child + "' is asked for as "
                        + parts.size() + " child SAs");
    }

    @Override
    public void childFailed(IkeSa sa, String child, Failure newFailure, long nowNanos) {
        if (newFailure.kind() == FailureKind.TS_UNACCEPTABLE && sas.live(child).isEmpty()) {
            selectorsRefused(child, newFailure);
        }
        String now = slots.find(child).isPresent() ? child : ChildConfig.configuredName(child);
        slots.find(now).filter(slot -> !slot.isGivenUp()).ifPresent(slot -> {
            slot.failed(newFailure, nowNanos + attempts.backoff(slot.failures()));
            deleteOutdated(sa, slot);
        });
        context.audit(
                AuditEvent.INITIATION_FAILED,
                Optional.of(config().name()),
                Map.of("child", child),
                newFailure.message());
        changed();
    }

    @Override
    public void childPostponed(String child, long nowNanos) {
        slots.find(child).ifPresent(slot -> slot.postponed(nowNanos + attempts.backoff(1)));
        changed();
    }

    /** Several pairs of selectors that are refused are asked for one by one; when all are refused, together again. */
    private void selectorsRefused(String child, Failure newFailure) {
        if (pairs.canSplit(child)) {
            slots.find(child).ifPresent(whole -> {
                split(child);
                wholes.put(child, whole);
            });
            return;
        }
        String configured = ChildConfig.configuredName(child);
        if (configured.equals(child)) {
            return;
        }
        slots.find(child).ifPresent(part -> part.giveUp(newFailure));
        List<ChildSlot> parts = slots.named(Optional.of(configured));
        if (parts.stream().allMatch(ChildSlot::isGivenUp)) {
            pairs.join(configured);
            ChildSlot whole = wholes.remove(configured);
            slots.join(
                    whole != null
                            ? whole
                            : new ChildSlot(
                                    configured,
                                    config().child(configured)
                                                    .filter(c -> c.startAction() == StartAction.START)
                                                    .isPresent()
                                            ? Want.ALWAYS
                                            : Want.NO));
        }
    }

    private static void deleteOutdated(IkeSa sa, ChildSlot slot) {
        slot.outdated().forEach(sa::deleteChild);
        slot.outdated().clear();
    }

    @Override
    public void childRejected(IkeSa sa, String child, Failure newFailure) {
        slots.find(child).filter(slot -> sas.live(child).isEmpty()).ifPresent(slot -> slot.failure(newFailure));
        changed();
    }

    @Override
    public void childAbandoned(String child) {
        slots.find(child).ifPresent(slot -> slot.pending(false));
        changed();
    }

    @Override
    public void childLost(String child) {
        slots.find(child)
                .filter(slot -> sas.live(child).isEmpty())
                .ifPresent(slot -> slot.request(ChildRequest.of(child)));
        changed();
    }

    @Override
    public void childDown(IkeSa sa, ChildSa child, RemovalReason reason, long nowNanos) {
        Optional<ChildSa> other = sas.live(child.name());
        Optional<ChildSlot> slot = slots.find(child.name());
        if (other.isPresent()) {
            if (!sas.isSending(child.name())) {
                sas.activate(other.get());
            }
        } else if (slot.isPresent()) {
            context.audit(
                    AuditEvent.CHILD_SA_CLOSED,
                    Optional.of(config().name()),
                    Map.of("child", child.toString(), "reason", reason.name()),
                    "child SA " + child + " closed: " + reason);
            // When the peer is through with a second IKE SA, it is not with the child: what is wanted moves to the
            // first.
            if (!sas.isRedundant(sa)) {
                ChildSlots.afterLoss(slot.get(), config(), reason);
            }
        }
        changed();
    }

    // ---- looking ----

    private boolean isStart(ChildSlot slot) {
        return config().child(slot.name())
                .filter(c -> c.startAction() == StartAction.START)
                .isPresent();
    }

    // ---- telling ----

    /** Its name is another tunnel's from now on. */
    void silence() {
        silent = true;
    }

    private void publish() {
        List<ChildStatus> children = configured().children().stream()
                .map(child -> Statuses.together(
                        child.name(),
                        slots.named(Optional.of(child.name())).stream()
                                .filter(slot -> !slot.isGivenUp())
                                .map(slot -> Statuses.child(slot, sas.live(slot.name()), slot.pending()))
                                .toList()))
                .toList();
        Optional<IkeSa> shown = sas.current()
                .or(() -> sas.all().stream().filter(sa -> sa.remoteSpi() != 0).findFirst());
        TunnelStatus status = new TunnelStatus(
                config().name(), state(), shown.map(Statuses::ikeSa), children, Statuses.failure(failure, children));
        if (!silent && !published.equals(Optional.of(status))) {
            published = Optional.of(status);
            context.emit(new Output.Status(status));
        }
    }

    private TunnelStatus.State state() {
        if (sas.current().filter(sa -> sa.state().isUsable()).isPresent()) {
            return TunnelStatus.State.ESTABLISHED;
        }
        if (!sas.connecting().isEmpty() || timers.isSet(TunnelTimer.RETRY) || inLine) {
            return TunnelStatus.State.CONNECTING;
        }
        return sas.isEmpty() ? TunnelStatus.State.IDLE : TunnelStatus.State.DELETING;
    }

    private void audit(AuditEvent event, CloseCause cause) {
        cause.failure()
                .ifPresent(f -> context.audit(
                        event,
                        Optional.of(config().name()),
                        Map.of("kind", f.kind().name()),
                        f.message()));
    }
}
