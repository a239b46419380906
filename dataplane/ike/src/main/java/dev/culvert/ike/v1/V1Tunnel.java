package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.Attempts;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.ConfigurationEffect;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.Route;
import dev.culvert.ike.endpoint.StartAction;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.sa.Timed;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.phase1.Initiators;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One configured IKEv1 tunnel: its ISAKMP SAs, and its {@link PhaseTwoChildren}, which outlive them. Events only change the
 * state; {@link #settle} acts, after each of them.
 */
public final class V1Tunnel implements Timed {
    private enum TunnelTimer {
        /** An ISAKMP SA may be begun again. */
        RETRY,
        /** One ISAKMP SA too many goes. */
        REDUNDANT
    }

    /** What is said of an ISAKMP SA's lifetime where the configuration has none. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final SaHost host;
    private final IkeV1 world;
    private TunnelConfig config;
    private final PhaseTwoChildren children;
    private final IsakmpSas sas = new IsakmpSas();
    private final Attempts attempts;
    private final Timers<TunnelTimer> timers = new Timers<>(TunnelTimer.class);
    private boolean removed;
    private boolean silent;
    /** An ISAKMP SA is to be begun as soon as the window has room. */
    private boolean inLine;
    /** The SA in use is to be made anew. */
    private boolean renewing;

    private Optional<Failure> failure = Optional.empty();
    private Optional<TunnelStatus> published = Optional.empty();

    V1Tunnel(SaHost host, IkeV1 world, TunnelConfig config) {
        this.host = host;
        this.world = world;
        this.config = config;
        this.children = world.phaseTwo().children(this);
        this.attempts = new Attempts(host);
    }

    // ---- looking ----

    public TunnelConfig config() {
        return config;
    }

    public SaHost host() {
        return host;
    }

    public PhaseTwoChildren children() {
        return children;
    }

    /** The ISAKMP SA that exchanges are begun under. */
    public Optional<IsakmpSa> usable() {
        return sas.current();
    }

    /** Whether we have no other SA with the peer, and no pair, which INITIAL-CONTACT asserts (RFC 2407 §4.6.3.3). */
    public boolean isOnlyContact(IsakmpSa sa) {
        return sas.isOnlyContact(sa) && children.isEmpty();
    }

    /** How long an ISAKMP SA is kept at most before it is made anew: rekeying and reauthentication are the same here. */
    public static Duration lifetime(TunnelConfig config) {
        Duration rekey = config.rekeyTime();
        Duration reauth = config.reauthTime();
        if (rekey.isZero() || reauth.isZero()) {
            return rekey.plus(reauth);
        }
        return rekey.compareTo(reauth) < 0 ? rekey : reauth;
    }

    /** The lifetime that is said to the peer: some time after the SA was made anew; a day if it never is otherwise. */
    public static Duration longestLife(TunnelConfig config) {
        Duration lifetime = lifetime(config);
        return lifetime.isZero() ? LONGEST : lifetime.plus(lifetime.dividedBy(9));
    }

    // ---- commands ----

    /** Takes over a changed configuration, and leaves alone what it leaves alone. */
    void update(TunnelConfig newConfig, long nowNanos) {
        TunnelConfig old = config;
        config = newConfig;
        attempts.forget();
        failure = Optional.empty();
        for (IsakmpSa sa : sas.connecting()) {
            if (!newConfig.sameIkeSaAs(old, Optional.of(sa.path().remote()))) {
                sa.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        Optional<IsakmpSa> current = sas.current();
        boolean same = newConfig.sameIkeSaAs(old, current.map(sa -> sa.path().remote()));
        List<String> outdated = children.update(old, same, current, nowNanos);
        if (same) {
            current.ifPresent(sa -> sa.reschedule(nowNanos));
        } else {
            makeAnew(nowNanos);
        }
        told(old, current.isPresent(), same, outdated);
        changed();
    }

    /** What was made under another configuration must not stay: it goes at once, and what was up or is to be comes anew. */
    private void makeAnew(long nowNanos) {
        Set<String> again = children.statuses().stream()
                .filter(child -> child.spiIn() != 0)
                .map(ChildStatus::name)
                .collect(Collectors.toSet());
        config.children().stream()
                .filter(child -> child.startAction() == StartAction.START)
                .map(ChildConfig::name)
                .forEach(again::add);
        terminateAll(nowNanos);
        again.forEach(child -> children.initiate(Optional.of(child)));
    }

    private void told(TunnelConfig old, boolean up, boolean same, List<String> outdated) {
        if (!up) {
            host.audit(
                    AuditEvent.CONFIGURATION_CHANGED,
                    Optional.of(old.name()),
                    Map.of(),
                    "configuration changed; no ISAKMP SA was up");
            return;
        }
        ConfigurationEffect effect = !same
                ? ConfigurationEffect.INTERRUPTED
                : outdated.isEmpty() ? ConfigurationEffect.KEPT : ConfigurationEffect.CHILD_SAS_REPLACED;
        String message = !same
                ? "the ISAKMP SA and its child SAs were deleted, and are made anew"
                : outdated.isEmpty()
                        ? "the ISAKMP SA and the child SAs stay"
                        : "the ISAKMP SA stays, and the child SAs " + String.join(", ", outdated) + " are made anew";
        host.audit(
                AuditEvent.CONFIGURATION_CHANGED,
                Optional.of(old.name()),
                Map.of("effect", effect.name()),
                "configuration changed; " + message);
        host.emit(new Output.ConfigurationApplied(old.name(), effect, message));
    }

    void initiate(Optional<String> child) {
        attempts.hurry();
        children.initiate(child);
        changed();
    }

    void terminate(Optional<String> child, long nowNanos) {
        if (child.isPresent()) {
            children.terminate(child, sas.current(), nowNanos);
        } else {
            terminateAll(nowNanos);
        }
        changed();
    }

    private void terminateAll(long nowNanos) {
        failure = Optional.empty();
        renewing = false;
        children.terminate(Optional.empty(), sas.current(), nowNanos);
        sas.all().forEach(sa -> sa.delete(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos));
    }

    /** Ends everything. */
    void remove(long nowNanos) {
        removed = true;
        inLine = false;
        timers.clear();
        terminateAll(nowNanos);
        changed();
    }

    void acquire(ChildRequest request) {
        children.acquire(request);
        changed();
    }

    /** @return whether there was something to be rekeyed */
    boolean rekey(Optional<String> child, long nowNanos) {
        boolean found =
                child.isPresent() ? children.rekey(child) : sas.current().isPresent();
        if (child.isEmpty() && found) {
            sas.current().ifPresent(sa -> renew(sa, nowNanos));
        }
        changed();
        return found;
    }

    // ---- acting ----

    @Override
    public void settle(long nowNanos) {
        if (!removed) {
            children.settle(sas.current(), nowNanos);
            bringUp(nowNanos);
            settleRedundant(nowNanos);
        }
        publish();
    }

    private void bringUp(long nowNanos) {
        timers.cancel(TunnelTimer.RETRY);
        inLine = false;
        boolean wanted = renewing
                || (sas.current().isEmpty() && (children.wantsSa(nowNanos) || (!children.isEmpty() && !sas.lingers())));
        if (!wanted || !sas.connecting().isEmpty() || config.remoteAddresses().isEmpty()) {
            return;
        }
        Optional<Failure> obstacle = Initiators.obstacle(config);
        if (obstacle.isPresent()) {
            failure = obstacle;
            return;
        }
        if (attempts.due() > nowNanos) {
            timers.set(TunnelTimer.RETRY, attempts.due());
            return;
        }
        Route route = attempts.route(Route.of(config));
        inLine = !world.window().admits(this, route.remote().address());
        if (!inLine) {
            attempts.begin(nowNanos);
            IsakmpSa sa = world.initiate(this, route.remote(), nowNanos);
            sas.add(sa);
            world.window().began(sa, route.remote().address(), nowNanos);
            changed();
        }
    }

    private void settleRedundant(long nowNanos) {
        long due = sas.redundantDue();
        timers.set(TunnelTimer.REDUNDANT, due == Timers.NEVER ? due : Math.max(due, nowNanos));
    }

    @Override
    public long deadline() {
        return Math.min(timers.next(), children.deadline());
    }

    @Override
    public void timeout(long nowNanos) {
        for (TunnelTimer timer : timers.expire(nowNanos)) {
            if (timer == TunnelTimer.REDUNDANT) {
                sas.deleteRedundant(children, nowNanos);
            }
        }
        if (children.deadline() <= nowNanos) {
            children.timeout(nowNanos);
        }
        changed();
    }

    /** The SA in use grows old: another one takes its place before it ends (RFC 2408 §4.3), and no pair is touched. */
    void renew(IsakmpSa sa, long nowNanos) {
        if (sas.isCurrent(sa) && !config.remoteAddresses().isEmpty()) {
            renewing = true;
            attempts.another(Route.of(config));
            changed();
        }
    }

    // ---- events of the ISAKMP SAs ----

    /** Something speaks against an SA coming up, or a peer was turned away; shown while the tunnel is down. */
    public void troubled(Failure newFailure, long nowNanos) {
        if (sas.current().isEmpty()) {
            failure = Optional.of(newFailure);
        }
        changed();
    }

    void established(IsakmpSa sa, long nowNanos) {
        sas.established(sa, nowNanos);
        renewing = false;
        attempts.succeeded();
        failure = Optional.empty();
        children.established(sa, nowNanos);
        changed();
    }

    /** The peer asserts that all its SAs and pairs from before this SA are gone. */
    void initialContact(IsakmpSa sa, long nowNanos) {
        for (IsakmpSa other : sas.all()) {
            if (other != sa && other.isUsable() && other.establishedAt() <= sa.createdAt()) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        children.removeAll(RemovalReason.IKE_SA_CLOSED, sa.createdAt(), nowNanos);
        changed();
    }

    void closed(IsakmpSa sa, CloseCause cause, long nowNanos) {
        world.window().forget(sa);
        boolean wasCurrent = sas.isCurrent(sa);
        if (!sas.ended(sa, nowNanos)) {
            return;
        }
        switch (cause.kind()) {
            case FAILED -> {
                if (sa.initiator()) {
                    failed(cause, nowNanos);
                }
            }
            case PEER_DEAD -> {
                audit(AuditEvent.PEER_UNREACHABLE, cause);
                if (wasCurrent && sas.current().isEmpty()) {
                    failure = cause.failure();
                    children.removeAll(RemovalReason.PEER_DEAD, nowNanos, nowNanos);
                }
            }
            case DELETED_BY_PEER -> {
                if (sas.current().isEmpty()) {
                    failure = cause.failure();
                }
            }
            case DELETED_BY_US, REPLACED -> {}
        }
        changed();
    }

    private void failed(CloseCause cause, long nowNanos) {
        audit(AuditEvent.INITIATION_FAILED, cause);
        if (sas.current().isEmpty()) {
            failure = cause.failure();
        }
        boolean unanswered = cause.failure()
                .filter(f -> f.kind() == FailureKind.PEER_UNREACHABLE)
                .isPresent();
        boolean last = attempts.failed(Route.of(config).size(), unanswered, nowNanos);
        if (last && sas.current().isEmpty()) {
            children.giveUp();
        }
    }

    /** An SA's peer is at another address, or we are. */
    void moved(IsakmpSa sa) {
        if (sas.isCurrent(sa)) {
            children.moved(sa.path().local(), sa.path().remote());
        }
        changed();
    }

    /** ESP came from a new address of the peer, behind a NAT. */
    void peerMoved(UdpAddress remote) {
        sas.current()
                .filter(sa -> sa.path().followsPeer() && !sa.path().remote().equals(remote))
                .ifPresent(sa -> sa.movePeer(sa.path().between(sa.path().local(), remote)));
    }

    /** Packets to a peer at that address leave from another address of ours: all is made anew from there. */
    void localPath(IpAddress remote, IpAddress local, long nowNanos) {
        boolean concerned = config.localAddress().isEmpty()
                && sas.all().stream()
                        .map(IsakmpSa::path)
                        .anyMatch(path -> path.remote().address().equals(remote)
                                && !path.local().address().equals(local));
        if (concerned && !config.remoteAddresses().isEmpty()) {
            sas.all().forEach(sa -> sa.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos));
            children.removeAll(RemovalReason.IKE_SA_CLOSED, nowNanos, nowNanos);
            attempts.another(Route.of(config));
            changed();
        }
    }

    /** Something changed: {@link #settle} is called, and the status is told. */
    public void changed() {
        host.touched(this);
    }

    // ---- telling ----

    /** Its name is another tunnel's from now on. */
    void silence() {
        silent = true;
    }

    private void publish() {
        Optional<IsakmpSa> shown = sas.current()
                .or(() -> sas.all().stream()
                        .filter(sa -> sa.responderCookie() != 0)
                        .findFirst());
        TunnelStatus status = new TunnelStatus(
                config.name(),
                state(),
                shown.map(V1Tunnel::status),
                children.statuses(),
                failure.or(children::failure));
        if (!silent && !published.equals(Optional.of(status))) {
            published = Optional.of(status);
            host.emit(new Output.Status(status));
        }
    }

    private static TunnelStatus.IkeSaStatus status(IsakmpSa sa) {
        return new TunnelStatus.IkeSaStatus(
                sa.initiatorCookie(),
                sa.responderCookie(),
                sa.initiator(),
                sa.keywords(),
                sa.path().carrier(),
                sa.path().local(),
                sa.path().remote(),
                sa.path().localBehindNat(),
                sa.path().remoteBehindNat());
    }

    private TunnelStatus.State state() {
        if (sas.current().isPresent()) {
            return TunnelStatus.State.ESTABLISHED;
        }
        boolean connecting = !sas.connecting().isEmpty() || timers.isSet(TunnelTimer.RETRY) || inLine;
        return connecting ? TunnelStatus.State.CONNECTING : TunnelStatus.State.IDLE;
    }

    private void audit(AuditEvent event, CloseCause cause) {
        cause.failure()
                .ifPresent(f -> host.audit(
                        event,
                        Optional.of(config.name()),
                        Map.of("kind", f.kind().name()),
                        f.message()));
    }
}
