package dev.culvert.agent.status;

import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.ChildSaState;
import dev.culvert.api.v1alpha1.ChildSaStatus;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.ConfigurationChange;
import dev.culvert.api.v1alpha1.FailureReason;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.IkeSaState;
import dev.culvert.api.v1alpha1.IkeSaStatus;
import dev.culvert.api.v1alpha1.IkeSpis;
import dev.culvert.api.v1alpha1.IkeTransport;
import dev.culvert.api.v1alpha1.LastError;
import dev.culvert.api.v1alpha1.NatDetected;
import dev.culvert.api.v1alpha1.StartAction;
import dev.culvert.api.v1alpha1.TrafficSelectorPair;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.ike.endpoint.ConfigurationEffect;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import io.fabric8.kubernetes.api.model.Condition;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known about each tunnel, with the times that people see. Written on the reconciler's and the negotiator's
 * threads, read on any; each call is one critical section and short.
 */
public final class StatusBook {
    private static final Verdict NOT_YET = Verdict.no(
            ConditionTypes.PROGRAMMED, ConditionReasons.PENDING, "the agent has not set the host up for it yet");

    private final Clock clock;
    private final Optional<Verdict> degraded;
    private Optional<Verdict> degradedByHost = Optional.empty();
    private final Consumer<String> onTransition;
    private final Map<String, Entry> entries = new TreeMap<>();

    /**
     * @param onTransition called with the name of a tunnel whose status changed, on the thread that changed it, outside
     *     of the critical section; must not wait
     */
    public StatusBook(Clock clock, Consumer<String> onTransition) {
        this(clock, Optional.empty(), onTransition);
    }

    /** @param degraded what is not as it should be with every tunnel of this agent */
    public StatusBook(Clock clock, Optional<Verdict> degraded, Consumer<String> onTransition) {
        this.clock = clock;
        this.degraded = degraded;
        this.onTransition = onTransition;
    }

    /** What people are to see while keys are written down. */
    public static Verdict keyLogged(Path directory) {
        return Verdict.yes(
                ConditionTypes.DEGRADED,
                ConditionReasons.KEY_LOG_ENABLED,
                "the agent writes the keys of all SAs to " + directory
                        + " (--key-log): end that when the fault is found");
    }

    /**
     * A tunnel as it is wanted and as it is.
     *
     * @param status what the agent reports of its endpoint
     * @param conditions what follows for the tunnel
     */
    public record Snapshot(DesiredTunnel desired, IPSecEndpointStatus status, List<Condition> conditions) {}

    private static final class Entry {
        DesiredTunnel desired;
        Optional<Verdict> ofDocument;

        @Nullable
        TunnelStatus negotiated;

        Verdict programmed = NOT_YET;

        Optional<Verdict> degraded = Optional.empty();

        @Nullable
        Instant ikeEstablished;

        final Map<String, Instant> childEstablished = new HashMap<>();

        @Nullable
        LastError lastError;

        @Nullable
        ConfigurationChange lastChange;

        IPSecEndpointStatus published =
                new IPSecEndpointStatus(null, List.of(), null, null, null, null, List.of(), null, null, null);
        List<Condition> conditions = List.of();

        Entry(DesiredTunnel desired, Optional<Verdict> ofDocument) {
            this.desired = desired;
            this.ofDocument = ofDocument;
        }

        Snapshot snapshot() {
            return new Snapshot(desired, published, conditions);
        }
    }

    /** Notes that the tunnel is wanted, new or changed. */
    public void put(DesiredTunnel desired) {
        Optional<Verdict> ofDocument = TunnelVerdicts.ofDocument(desired);
        change(desired.name(), () -> {
            Entry entry = entries.computeIfAbsent(desired.name(), _ -> new Entry(desired, ofDocument));
            entry.desired = desired;
            entry.ofDocument = ofDocument;
        });
    }

    /** Forgets a tunnel. */
    public void remove(String tunnel) {
        synchronized (entries) {
            entries.remove(tunnel);
        }
        onTransition.accept(tunnel);
    }

    /** Notes whether device, sockets and routes are in place for the tunnel. */
    public void programmed(String tunnel, Verdict programmed) {
        change(tunnel, () -> {
            Entry entry = entries.get(tunnel);
            if (entry != null) {
                entry.programmed = programmed;
            }
        });
    }

    /** Notes what the negotiator says. A tunnel that is not in the book any more is left alone. */
    public void negotiated(TunnelStatus status) {
        change(status.tunnel(), () -> {
            Entry entry = entries.get(status.tunnel());
            if (entry != null) {
                take(entry, status);
            }
        });
    }

    /** Notes what a changed configuration cost. */
    public void applied(String tunnel, ConfigurationEffect effect, String message) {
        change(tunnel, () -> {
            Entry entry = entries.get(tunnel);
            if (entry != null) {
                entry.lastChange = new ConfigurationChange(now().toString(), effect(effect), message);
            }
        });
    }

    private static dev.culvert.api.v1alpha1.ConfigurationEffect effect(ConfigurationEffect effect) {
        return switch (effect) {
            case KEPT -> dev.culvert.api.v1alpha1.ConfigurationEffect.KEPT;
            case CHILD_SAS_REPLACED -> dev.culvert.api.v1alpha1.ConfigurationEffect.CHILD_SAS_REPLACED;
            case IKE_SA_REPLACED -> dev.culvert.api.v1alpha1.ConfigurationEffect.IKE_SA_REPLACED;
            case INTERRUPTED -> dev.culvert.api.v1alpha1.ConfigurationEffect.INTERRUPTED;
        };
    }

    /** Notes a failure that the negotiator does not see, such as a name that cannot be looked up. */
    public void failed(String tunnel, FailureReason reason, String message) {
        change(tunnel, () -> {
            Entry entry = entries.get(tunnel);
            if (entry != null) {
                entry.lastError = error(reason, null, message, entry.lastError);
            }
        });
    }

    /**
     * Notes what is not as it should be with one tunnel, or that nothing is any more.
     *
     * @return whether that is new
     */
    public boolean degraded(String tunnel, Optional<Verdict> verdict) {
        boolean[] isNew = new boolean[1];
        change(tunnel, () -> {
            Entry entry = entries.get(tunnel);
            if (entry != null && !entry.degraded.equals(verdict)) {
                entry.degraded = verdict;
                isNew[0] = true;
            }
        });
        return isNew[0];
    }

    /** Notes what is not as it should be with the host and so with every tunnel, or that nothing is any more. */
    public void degradedByHost(Optional<Verdict> verdict) {
        List<String> names;
        synchronized (entries) {
            if (degradedByHost.equals(verdict)) {
                return;
            }
            degradedByHost = verdict;
            names = List.copyOf(entries.keySet());
        }
        names.forEach(name -> change(name, () -> {}));
    }

    public Optional<Snapshot> find(String tunnel) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(tunnel)).map(Entry::snapshot);
        }
    }

    /** All tunnels, by name. */
    public Map<String, Snapshot> all() {
        synchronized (entries) {
            Map<String, Snapshot> all = new LinkedHashMap<>();
            entries.forEach((name, entry) -> all.put(name, entry.snapshot()));
            return all;
        }
    }

    private void change(String tunnel, Runnable change) {
        boolean transition = false;
        synchronized (entries) {
            change.run();
            Entry entry = entries.get(tunnel);
            if (entry != null) {
                IPSecEndpointStatus now = render(entry);
                transition = !now.equals(entry.published);
                entry.published = now;
                entry.conditions = Conditions.merge(
                        entry.conditions,
                        TunnelVerdicts.of(entry.desired, entry.ofDocument, now, clock.instant()),
                        entry.desired.generation(),
                        clock.instant());
            }
        }
        if (transition) {
            onTransition.accept(tunnel);
        }
    }

    private void take(Entry entry, TunnelStatus status) {
        TunnelStatus before = entry.negotiated;
        entry.negotiated = status;
        boolean established = status.state() == TunnelStatus.State.ESTABLISHED;
        if (!established) {
            entry.ikeEstablished = null;
        } else if (entry.ikeEstablished == null
                || before == null
                || !spis(before).equals(spis(status))) {
            entry.ikeEstablished = now();
        }
        for (TunnelStatus.ChildStatus child : status.children()) {
            if (!isUp(child)) {
                entry.childEstablished.remove(child.name());
            } else if (before == null || !entry.childEstablished.containsKey(child.name()) || !hasSa(before, child)) {
                entry.childEstablished.put(child.name(), now());
            }
        }
        Optional<TunnelStatus.Failure> failure = status.failure()
                .or(() -> status.children().stream()
                        .flatMap(child -> child.failure().stream())
                        .findFirst());
        if (failure.isPresent()) {
            TunnelStatus.Failure f = failure.get();
            Optional<String> notify = f.notifyName();
            entry.lastError = error(reason(f.kind()), notify.orElse(null), f.message(), entry.lastError);
        } else if (established) {
            entry.lastError = null;
        }
    }

    /** Keeps the time of an error that only repeats itself, so that a status that says nothing new does not change. */
    private LastError error(
            FailureReason reason, @Nullable String notify, String message, @Nullable LastError previous) {
        LastError error = new LastError(now().toString(), reason, notify, message);
        if (previous == null) {
            return error;
        }
        LastError sameNow = new LastError(error.time(), previous.reason(), previous.notification(), previous.message());
        return error.equals(sameNow) ? previous : error;
    }

    private IPSecEndpointStatus render(Entry entry) {
        TunnelStatus status = entry.negotiated;
        Optional<TunnelStatus.IkeSaStatus> sa = status == null ? Optional.empty() : status.ikeSa();
        return new IPSecEndpointStatus(
                entry.desired.generation(),
                Conditions.merge(
                        entry.published.conditions(),
                        Stream.concat(
                                        Stream.of(entry.programmed),
                                        degraded.or(() -> degradedByHost).or(() -> entry.degraded).stream())
                                .toList(),
                        entry.desired.generation(),
                        now()),
                sa.map(s -> s.local().toString()).orElse(null),
                sa.map(s -> s.remote().toString()).orElse(null),
                sa.map(s -> nat(s.localBehindNat(), s.remoteBehindNat())).orElse(null),
                ikeSa(entry, status, sa),
                children(entry, status),
                entry.lastError,
                entry.lastChange,
                null);
    }

    /** Null while there is no IKE SA, not even one under way: the operator waits for that before it lets go. */
    private static @Nullable IkeSaStatus ikeSa(
            Entry entry, @Nullable TunnelStatus status, Optional<TunnelStatus.IkeSaStatus> sa) {
        if (status == null || status.state() == TunnelStatus.State.IDLE) {
            return null;
        }
        IkeSaState state =
                switch (status.state()) {
                    case IDLE -> IkeSaState.IDLE;
                    case CONNECTING -> IkeSaState.CONNECTING;
                    case ESTABLISHED -> IkeSaState.ESTABLISHED;
                    case DELETING -> IkeSaState.DELETING;
                };
        return new IkeSaStatus(
                state,
                sa.map(s -> new IkeSpis(hex(s.spiInitiator()), hex(s.spiResponder())))
                        .orElse(null),
                sa.map(TunnelStatus.IkeSaStatus::proposal).orElse(null),
                entry.ikeEstablished == null ? null : entry.ikeEstablished.toString(),
                sa.map(s -> s.carrier() == Carrier.TCP ? IkeTransport.TCP : IkeTransport.UDP)
                        .orElse(null));
    }

    /** One for each configured child, in configured order, whether the negotiator knows of it or not. */
    private static List<ChildSaStatus> children(Entry entry, @Nullable TunnelStatus status) {
        return entry.desired.spec().children().stream()
                .map(spec -> {
                    Optional<TunnelStatus.ChildStatus> known = status == null
                            ? Optional.empty()
                            : status.children().stream()
                                    .filter(c -> c.name().equals(spec.name()))
                                    .findFirst();
                    return known.map(child -> child(entry, spec, child))
                            .orElseGet(() ->
                                    new ChildSaStatus(spec.name(), ChildSaState.IDLE, null, null, null, null, null));
                })
                .toList();
    }

    private static ChildSaStatus child(Entry entry, ChildSpec spec, TunnelStatus.ChildStatus child) {
        ChildSaState state =
                switch (child.state()) {
                    case DOWN -> spec.startAction() == StartAction.TRAP ? ChildSaState.TRAPPED : ChildSaState.IDLE;
                    case CONNECTING -> ChildSaState.CONNECTING;
                    case INSTALLED -> ChildSaState.INSTALLED;
                    case REKEYING -> ChildSaState.REKEYING;
                };
        boolean up = isUp(child);
        Instant since = entry.childEstablished.get(child.name());
        return new ChildSaStatus(
                child.name(),
                state,
                up ? hex(child.spiIn()) : null,
                up ? hex(child.spiOut()) : null,
                up ? child.proposal() : null,
                up ? new TrafficSelectorPair(texts(child.local()), texts(child.remote())) : null,
                since == null ? null : since.toString());
    }

    private static List<Long> spis(TunnelStatus status) {
        return status.ikeSa()
                .map(sa -> List.of(sa.spiInitiator(), sa.spiResponder()))
                .orElse(List.of());
    }

    /** Whether the child had the same SA then. */
    private static boolean hasSa(TunnelStatus status, TunnelStatus.ChildStatus child) {
        return status.children().stream().anyMatch(c -> c.name().equals(child.name()) && c.spiIn() == child.spiIn());
    }

    private static boolean isUp(TunnelStatus.ChildStatus child) {
        return switch (child.state()) {
            case DOWN, CONNECTING -> false;
            case INSTALLED, REKEYING -> true;
        };
    }

    /** As what a condition tells of it. */
    static FailureReason reason(FailureKind kind) {
        return switch (kind) {
            case AUTHENTICATION_FAILED -> FailureReason.AUTHENTICATION_FAILED;
            case NO_PROPOSAL_CHOSEN -> FailureReason.NO_PROPOSAL_CHOSEN;
            case TS_UNACCEPTABLE -> FailureReason.TS_UNACCEPTABLE;
            case PEER_UNREACHABLE -> FailureReason.PEER_UNREACHABLE;
            case PROTOCOL_ERROR, REFUSED_BY_PEER, CLOSED_BY_PEER -> FailureReason.PROTOCOL_ERROR;
        };
    }

    private static NatDetected nat(boolean local, boolean remote) {
        if (local) {
            return remote ? NatDetected.BOTH : NatDetected.LOCAL;
        }
        return remote ? NatDetected.REMOTE : NatDetected.NEITHER;
    }

    private static List<String> texts(List<TrafficSelector> selectors) {
        return selectors.stream().map(TrafficSelector::toString).toList();
    }

    private static String hex(long spi) {
        return String.format("%016x", spi);
    }

    private static String hex(int spi) {
        return String.format("%08x", spi);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
