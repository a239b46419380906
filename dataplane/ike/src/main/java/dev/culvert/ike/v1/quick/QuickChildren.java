package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.Statuses;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.ChildState;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseTwoChildren;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The children of one tunnel: which are wanted, and the quick modes that bring them up and keep them up. */
final class QuickChildren implements PhaseTwoChildren {
    /** Who did not begin phase 1 leaves phase 2 to who did, for so long: both would make the same pairs. */
    private static final Duration PRECEDENCE = Duration.ofSeconds(1);
    /** How long a quick mode of the peer is given before we begin one for the same child. */
    private static final Duration PEERS_TURN = Duration.ofSeconds(5);

    private final V1Tunnel tunnel;
    private final SaHost host;
    private final Pairs pairs;
    private final Map<String, WantedChild> wanted = new LinkedHashMap<>();
    private final List<QuickModeInitiator> underWay = new ArrayList<>();

    QuickChildren(V1Tunnel tunnel) {
        this.tunnel = tunnel;
        this.host = tunnel.host();
        this.pairs = new Pairs(tunnel, this::lost);
        configured(tunnel.config()).forEach(child -> wanted.put(child.name(), new WantedChild(child)));
    }

    /** A child with several selectors is a quick mode for each pair of them. */
    private static List<ChildConfig> configured(TunnelConfig config) {
        return config.children().stream()
                .flatMap(child -> child.singlePairs().stream())
                .toList();
    }

    Pairs pairs() {
        return pairs;
    }

    // ---- what is wanted ----

    private boolean isNeeded(WantedChild child) {
        List<Pair> live = pairs.live(child.name());
        return live.isEmpty()
                ? child.isWanted()
                : child.isOutdated() || live.stream().anyMatch(Pair::rekeyDue);
    }

    private boolean isUnderWay(WantedChild child) {
        return underWay.stream().anyMatch(exchange -> exchange.child() == child);
    }

    @Override
    public boolean wantsSa(long nowNanos) {
        return wanted.values().stream().anyMatch(child -> isNeeded(child) && child.retryAt() <= nowNanos);
    }

    @Override
    public void settle(Optional<IsakmpSa> usable, long nowNanos) {
        usable.ifPresent(sa -> {
            for (WantedChild child : List.copyOf(wanted.values())) {
                if (isNeeded(child) && !isUnderWay(child) && child.retryAt() <= nowNanos && sa.isUsable()) {
                    begin(child, sa, nowNanos);
                }
            }
        });
    }

    private void begin(WantedChild child, IsakmpSa sa, long nowNanos) {
        Optional<Failure> ruledOut = NatLimits.of(sa, child.config());
        if (ruledOut.isPresent()) {
            failed(child, ruledOut.get(), nowNanos);
            return;
        }
        int messageId = sa.newMessageId();
        QuickModeInitiator exchange = new QuickModeInitiator(this, sa, messageId, child, pairs.live(child.name()));
        underWay.add(exchange);
        sa.begin(messageId, exchange, nowNanos);
        tunnel.changed();
    }

    /** An exchange of ours is over, in whatever way. */
    void ended(QuickModeInitiator exchange) {
        underWay.remove(exchange);
        tunnel.changed();
    }

    /** The quick modes of ours that the peer has not answered yet under that SA, the oldest first. */
    List<QuickModeInitiator> offered(IsakmpSa sa) {
        return underWay.stream()
                .filter(exchange -> exchange.sa() == sa && exchange.isOffered())
                .toList();
    }

    /** The configured child that the peer asks for, the one that is not up first. */
    Optional<WantedChild> match(Ends asked, PeerPath path) {
        List<WantedChild> fitting = wanted.values().stream()
                .filter(child -> Ends.of(child.config())
                        .equals(child.config().mode() == IpsecMode.TRANSPORT ? asked.asSeen(path) : asked))
                .toList();
        return fitting.stream()
                .filter(child -> pairs.live(child.name()).isEmpty())
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    /** The peer is about to make a pair for the child. */
    void peersTurn(WantedChild child, long nowNanos) {
        child.holdUntil(nowNanos + PEERS_TURN.toNanos());
    }

    void up(WantedChild child) {
        child.up();
        tunnel.changed();
    }

    /** A quick mode of ours did not make a pair. */
    void failed(WantedChild child, Failure failure, long nowNanos) {
        host.audit(
                AuditEvent.INITIATION_FAILED,
                Optional.of(tunnel.config().name()),
                Map.of("child", child.name()),
                failure.message());
        child.failed(failure, host, nowNanos);
        if (child.isOutdated()) {
            pairs.live(child.name())
                    .forEach(
                            pair -> pairs.delete(pair, RemovalReason.CONFIGURATION_CHANGED, tunnel.usable(), nowNanos));
        }
        tunnel.changed();
    }

    /** A quick mode of the peer was refused. */
    void rejected(WantedChild child, Failure failure) {
        if (pairs.live(child.name()).isEmpty()) {
            child.rejected(failure);
            tunnel.changed();
        }
    }

    /** The peer does not have a pair any more that we had. */
    void wantAgain(String child) {
        WantedChild again = wanted.get(child);
        if (again != null && pairs.live(child).isEmpty()) {
            again.request();
        }
        tunnel.changed();
    }

    List<WantedChild> all() {
        return List.copyOf(wanted.values());
    }

    private void lost(Pair pair, RemovalReason reason) {
        WantedChild child = wanted.get(pair.child());
        if (child != null) {
            child.lost(reason, tunnel.config().dpd().action());
        }
    }

    // ---- events of the ISAKMP SAs ----

    @Override
    public void established(IsakmpSa sa, long nowNanos) {
        for (WantedChild child : wanted.values()) {
            if (child.failure().isPresent()) {
                child.forgetFailures();
                if (child.isStart()) {
                    child.request();
                }
            }
            if (!sa.initiator()) {
                child.holdUntil(nowNanos + PRECEDENCE.toNanos());
            }
        }
    }

    @Override
    public void giveUp() {
        wanted.values().forEach(WantedChild::giveUp);
    }

    @Override
    public boolean isEmpty() {
        return pairs.all().isEmpty();
    }

    @Override
    public boolean uses(IsakmpSa sa) {
        return pairs.all().stream().anyMatch(pair -> pair.madeUnder() == sa)
                || underWay.stream().anyMatch(exchange -> exchange.sa() == sa);
    }

    // ---- commands ----

    @Override
    public List<String> update(TunnelConfig old, boolean sameSa, Optional<IsakmpSa> usable, long nowNanos) {
        List<String> outdated = new ArrayList<>();
        Map<String, WantedChild> before = new LinkedHashMap<>(wanted);
        wanted.clear();
        for (ChildConfig config : configured(tunnel.config())) {
            WantedChild child = before.remove(config.name());
            if (child == null) {
                wanted.put(config.name(), new WantedChild(config));
                continue;
            }
            wanted.put(config.name(), child);
            boolean same = config.sameOnTheWire(child.config());
            boolean sameLifetime = config.sameLifetimeAs(child.config());
            child.update(config);
            if (!same) {
                cancel(child, nowNanos);
            }
            if (!same && sameSa && !pairs.live(config.name()).isEmpty()) {
                child.outdated();
                outdated.add(ChildConfig.configuredName(config.name()));
            } else if (!sameLifetime) {
                pairs.live(config.name()).forEach(pair -> pair.schedule(config, host.random()));
            }
        }
        for (WantedChild gone : before.values()) {
            cancel(gone, nowNanos);
            deleteAll(gone, RemovalReason.CONFIGURATION_CHANGED, usable, nowNanos);
        }
        return outdated.stream().distinct().toList();
    }

    private void cancel(WantedChild child, long nowNanos) {
        List.copyOf(underWay).stream()
                .filter(exchange -> exchange.child() == child)
                .forEach(exchange -> exchange.cancel(nowNanos));
    }

    private void deleteAll(WantedChild child, RemovalReason reason, Optional<IsakmpSa> usable, long nowNanos) {
        pairs.of(child.name()).forEach(pair -> pairs.delete(pair, reason, usable, nowNanos));
    }

    private List<WantedChild> named(Optional<String> child) {
        return wanted.values().stream()
                .filter(w ->
                        child.map(ChildConfig.configuredName(w.name())::equals).orElse(true))
                .toList();
    }

    @Override
    public void initiate(Optional<String> child) {
        named(child).forEach(WantedChild::initiate);
    }

    @Override
    public void terminate(Optional<String> child, Optional<IsakmpSa> usable, long nowNanos) {
        for (WantedChild ended : named(child)) {
            ended.terminate();
            cancel(ended, nowNanos);
            deleteAll(ended, RemovalReason.DELETED_BY_US, usable, nowNanos);
        }
    }

    @Override
    public void acquire(ChildRequest request) {
        named(Optional.of(request.name())).stream()
                .filter(child -> !child.config().isPart() || child.config().carries(request.local(), request.remote()))
                .forEach(WantedChild::acquire);
    }

    @Override
    public boolean rekey(Optional<String> child) {
        List<Pair> live = named(child).stream()
                .flatMap(w -> pairs.live(w.name()).stream())
                .toList();
        live.forEach(pair -> pair.rekeyDue(true));
        return !live.isEmpty();
    }

    @Override
    public boolean expire(int spiIn, boolean hard, Optional<IsakmpSa> usable, long nowNanos) {
        Optional<Pair> pair = pairs.bySpiIn(spiIn);
        pair.ifPresent(expired -> {
            if (hard) {
                pairs.delete(expired, RemovalReason.EXPIRED, usable, nowNanos);
            } else if (expired.isLive()) {
                expired.rekeyDue(true);
            }
            tunnel.changed();
        });
        return pair.isPresent();
    }

    @Override
    public boolean has(int spiIn) {
        return pairs.bySpiIn(spiIn).isPresent();
    }

    @Override
    public void removeAll(RemovalReason reason, long madeUntil, long nowNanos) {
        pairs.all().stream().filter(pair -> pair.createdAt() <= madeUntil).forEach(pair -> pairs.remove(pair, reason));
    }

    @Override
    public void moved(UdpAddress local, UdpAddress remote) {
        for (Pair pair : pairs.all()) {
            host.emit(new Output.UpdateChildSa(
                    tunnel.config().name(),
                    ChildConfig.configuredName(pair.child()),
                    pair.spiIn(),
                    pair.spiOut(),
                    local,
                    remote,
                    pair.carrier()));
        }
    }

    // ---- time ----

    @Override
    public long deadline() {
        long next = pairs.deadline();
        for (WantedChild child : wanted.values()) {
            if (child.retryAt() != Long.MIN_VALUE && isNeeded(child) && !isUnderWay(child)) {
                next = Math.min(next, child.retryAt());
            }
        }
        return next;
    }

    @Override
    public void timeout(long nowNanos) {
        pairs.timeout(nowNanos);
        wanted.values().forEach(child -> child.waited(nowNanos));
    }

    // ---- telling ----

    @Override
    public List<ChildStatus> statuses() {
        return tunnel.config().children().stream()
                .map(child -> Statuses.together(
                        child.name(),
                        named(Optional.of(child.name())).stream()
                                .map(this::status)
                                .toList()))
                .toList();
    }

    private ChildStatus status(WantedChild child) {
        List<Pair> live = pairs.live(child.name());
        if (live.isEmpty()) {
            boolean connecting = isUnderWay(child) || !pairs.of(child.name()).isEmpty();
            return new ChildStatus(
                    child.name(),
                    connecting ? ChildState.CONNECTING : ChildState.DOWN,
                    0,
                    0,
                    "",
                    List.of(),
                    List.of(),
                    child.failure());
        }
        Pair pair = live.getLast();
        List<TrafficSelector> local = List.of(pair.ends().local());
        List<TrafficSelector> remote = List.of(pair.ends().remote());
        return new ChildStatus(
                child.name(),
                isUnderWay(child) ? ChildState.REKEYING : ChildState.INSTALLED,
                pair.spiIn(),
                pair.spiOut(),
                pair.suite().keywords(),
                local,
                remote,
                child.failure());
    }
}
