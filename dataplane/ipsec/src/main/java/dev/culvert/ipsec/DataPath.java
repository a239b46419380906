package dev.culvert.ipsec;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.WorkerState.Total;
import dev.culvert.ipsec.mtu.PathMtus;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.mtu.TooBigReport;
import dev.culvert.ipsec.mtu.TooBigVerdict;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.sad.SaSnapshot;
import dev.culvert.ipsec.sad.Sad;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.ipsec.spd.Spd;
import dev.culvert.ipsec.translate.Translation;
import dev.culvert.ipsec.translate.Translator;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies and SAs of a gateway and the two ends of its packet path.
 *
 * <p>Threads: all methods of this class belong to one control thread, except {@link #policies()}, {@link #associations},
 * {@link #association} and {@link #totals}, which any thread may call. {@link #inbound} and {@link #outbound} belong to one worker each (the
 * same or two). Changes take effect with the worker's next batch, by an immutable snapshot behind one volatile field; keys
 * of a removed SA are forgotten once no batch uses them.
 */
public final class DataPath implements AutoCloseable {
    private final RandomSource random;
    private final WorkerState inboundState;
    private final WorkerState outboundState;
    private final Inbound inbound;
    private final Outbound outbound;
    private final LifetimeTimers timers;
    private final PathMtus pathMtus = new PathMtus();
    private final List<Retired> retired = new ArrayList<>();
    private final Map<ChildKey, ChildSlot> slots = new HashMap<>();
    private final Map<ChildKey, Translator> translators = new HashMap<>();

    /** By inbound SPI. Changed by the control thread, read for status by others. */
    private final ConcurrentMap<Integer, ChildSa> pairs = new ConcurrentHashMap<>();

    private volatile Snapshot snapshot = Snapshot.EMPTY;

    /**
     * @param random for IVs
     * @param listener takes events, on the control thread and the workers'
     */
    public DataPath(RandomSource random, DataPathListener listener) {
        this.random = random;
        timers = new LifetimeTimers(listener);
        inboundState = new WorkerState(listener);
        outboundState = new WorkerState(listener);
        inbound = new Inbound(this, inboundState);
        outbound = new Outbound(this, outboundState);
    }

    /** From the socket to the TUN device. */
    public Inbound inbound() {
        return inbound;
    }

    /** From the TUN device to the socket. */
    public Outbound outbound() {
        return outbound;
    }

    /** Replaces all policies, in the order in which they apply. SAs stay as they are. */
    public void policies(List<Policy> policies) {
        if (policies.equals(snapshot.spd().policies())) {
            return;
        }
        Spd spd = Spd.compile(policies);
        slots.values().removeIf(ChildSlot::isEmpty);
        ChildSlot[] outboundSlots = spd.policies().stream()
                .map(policy -> switch (policy) {
                    case Policy.Protect protect -> slot(protect.tunnel(), protect.child());
                    case Policy.Discard discard -> ChildSlot.NONE;
                    case Policy.Bypass bypass -> ChildSlot.NONE;
                })
                .toArray(ChildSlot[]::new);
        snapshot = new Snapshot(spd, outboundSlots, translators(spd), snapshot.sad());
    }

    /**
     * What translates each policy's packets: what did it before, with its sessions, where the rules are the same. Pairs
     * take it up, but those without a policy keep what they have: nobody knows their packets' addresses otherwise.
     */
    private @Nullable Translator[] translators(Spd spd) {
        Map<ChildKey, Translator> before = Map.copyOf(translators);
        translators.clear();
        @Nullable Translator[] all = new Translator[spd.policies().size()];
        for (int i = 0; i < all.length; i++) {
            if (spd.policies().get(i) instanceof Policy.Protect protect) {
                ChildKey child = new ChildKey(protect.tunnel(), protect.child());
                all[i] = translator(child, protect.translations(), before.get(child));
                for (ChildSa pair : slot(child.tunnel(), child.child()).newestFirst()) {
                    pair.translate(all[i]);
                }
            }
        }
        return all;
    }

    private @Nullable Translator translator(ChildKey child, List<Translation> rules, @Nullable Translator before) {
        if (rules.isEmpty()) {
            return null;
        }
        return translators.computeIfAbsent(
                child,
                _ -> before != null && before.rules().equals(rules)
                        ? before
                        : new Translator(rules, BigEndian.int64(random.bytes(Long.BYTES), 0)));
    }

    /**
     * Installs a pair of SAs; inbound packets are accepted and outbound ones sent on it from the next batch on
     * ({@link SaParameters#outboundDeferred} aside). Older pairs of the same child stay until they are removed. Copies what
     * it needs of the keys.
     *
     * @throws IllegalArgumentException if the inbound SPI is in use, or the keys are not those of the suite
     */
    public void install(SaParameters parameters, long nowNanos) {
        if (pairs.containsKey(parameters.spiIn())) {
            throw new IllegalArgumentException(
                    "inbound SPI " + Integer.toHexString(parameters.spiIn()) + " is in use already");
        }
        install(ChildSa.create(parameters, random, nowNanos));
    }

    /** For tests that need an SA in a state that no peer reaches in their time. */
    void install(ChildSa pair) {
        SaParameters parameters = pair.parameters();
        pair.reported(pathMtus.of(parameters.outerRemote().address()));
        pairs.put(parameters.spiIn(), pair);
        timers.add(pair);
        pair.translate(translators.get(new ChildKey(parameters.tunnel(), parameters.child())));
        slot(parameters.tunnel(), parameters.child()).add(pair);
        snapshot = snapshot.with(snapshot.sad().with(pair, pairs.values()));
    }

    /**
     * Sends a pair's packets over another path (RFC 7296 §2.23, RFC 4555).
     *
     * @param outerMtu bytes
     * @return false if there is no such pair
     */
    public boolean update(int spiIn, Carrier carrier, UdpAddress outerLocal, UdpAddress outerRemote, int outerMtu) {
        ChildSa pair = pairs.get(spiIn);
        if (pair == null) {
            return false;
        }
        pair.move(carrier, outerLocal, outerRemote, outerMtu);
        pair.reported(pathMtus.of(outerRemote.address()));
        return true;
    }

    /**
     * Takes up another MTU of a pair's path, and other settings about sizes.
     *
     * @param outerMtu bytes
     * @return false if there is no such pair
     */
    public boolean resize(int spiIn, int outerMtu, SizePolicy sizes) {
        ChildSa pair = pairs.get(spiIn);
        if (pair == null) {
            return false;
        }
        pair.resize(outerMtu, sizes);
        return true;
    }

    /**
     * Takes up a router's report if it is about a packet of one of the SAs, for all SAs with that peer (RFC 4301 §8.2.1).
     * Looks at every pair: the caller limits how often.
     */
    public TooBigVerdict tooBig(TooBigReport report, long nowNanos) {
        if (pairs.values().stream().noneMatch(pair -> pair.isAbout(report))) {
            return TooBigVerdict.NOT_OURS;
        }
        IpAddress peer = report.remote().address();
        TooBigVerdict verdict = pathMtus.learn(peer, report.mtu(), nowNanos);
        if (verdict == TooBigVerdict.LOWERED) {
            takeUpPathMtu(peer);
        }
        return verdict;
    }

    private void takeUpPathMtu(IpAddress peer) {
        int mtu = pathMtus.of(peer);
        pairs.values().stream()
                .filter(pair -> pair.path().remote().address().equals(peer))
                .forEach(pair -> pair.reported(mtu));
    }

    /**
     * Sets other limits for a pair, which count from its installation as the first ones did.
     *
     * @return false if there is no such pair
     */
    public boolean limit(int spiIn, Lifetime lifetime) {
        ChildSa pair = pairs.get(spiIn);
        if (pair == null) {
            return false;
        }
        pair.limit(lifetime);
        timers.remove(pair);
        timers.add(pair);
        return true;
    }

    /**
     * Ends {@link SaParameters#outboundDeferred}: outbound traffic of the child uses this pair if it is the newest.
     *
     * @return false if there is no such pair
     */
    public boolean activateOutbound(int spiIn) {
        ChildSa pair = pairs.get(spiIn);
        if (pair == null) {
            return false;
        }
        pair.activateOutbound();
        return true;
    }

    /**
     * Ends sending on a pair if another one of its child is there: that one sends, and this one goes on receiving what the
     * peer sent before it knew (RFC 7296 §2.8), until {@link #remove}.
     *
     * @return false if there is no such pair, or no other one of its child
     */
    public boolean stopSending(int spiIn) {
        ChildSa pair = pairs.get(spiIn);
        if (pair == null) {
            return false;
        }
        SaParameters parameters = pair.parameters();
        return slot(parameters.tunnel(), parameters.child()).removeUnlessLast(pair);
    }

    /**
     * Removes a pair in both directions.
     *
     * @return its last counters, or nothing if there is no such pair
     */
    public Optional<SaSnapshot> remove(int spiIn) {
        ChildSa pair = pairs.remove(spiIn);
        if (pair == null) {
            return Optional.empty();
        }
        SaParameters parameters = pair.parameters();
        timers.remove(pair);
        slot(parameters.tunnel(), parameters.child()).remove(pair);
        snapshot = snapshot.with(Sad.of(pairs.values()));
        retired.add(new Retired(pair, inboundState.epoch(), outboundState.epoch()));
        closeRetired();
        return Optional.of(pair.snapshot());
    }

    /** When {@link #timeout} is due (monotonic nanoseconds), or {@link Long#MAX_VALUE}. */
    public long deadline() {
        return timers.deadline();
    }

    /**
     * Tells of lifetimes in seconds that have run out and stops the SAs whose hard limit it was. Forgets what was learnt
     * about paths long ago.
     */
    public void timeout(long nowNanos) {
        timers.run(nowNanos);
        pathMtus.expire(nowNanos).forEach(this::takeUpPathMtu);
        closeRetired();
    }

    /** The policies in the order in which they apply. Any thread. */
    public List<Policy> policies() {
        return snapshot.spd().policies();
    }

    /** All pairs, the older of a child before the newer. Any thread. */
    public List<SaSnapshot> associations() {
        return pairs.values().stream()
                .sorted(Comparator.comparingLong(ChildSa::number))
                .map(ChildSa::snapshot)
                .toList();
    }

    /** One pair. Any thread. */
    public Optional<SaSnapshot> association(int spiIn) {
        return Optional.ofNullable(pairs.get(spiIn)).map(ChildSa::snapshot);
    }

    /** Any thread. */
    public DataPathTotals totals() {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            drops.put(reason, inboundState.drops(reason) + outboundState.drops(reason));
        }
        return new DataPathTotals(
                total(Total.PACKETS_OUT),
                total(Total.BYTES_OUT),
                total(Total.PACKETS_IN),
                total(Total.BYTES_IN),
                total(Total.KEEPALIVES),
                total(Total.IKE_DATAGRAMS),
                total(Total.FRAGMENTED),
                total(Total.TOO_BIG_ANSWERS),
                drops);
    }

    /** Forgets all policies, SAs and keys. The workers must have stopped. */
    @Override
    public void close() {
        policies(List.of());
        List.copyOf(pairs.keySet()).forEach(this::remove);
        retired.forEach(r -> r.pair().close());
        retired.clear();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    private ChildSlot slot(String tunnel, String child) {
        return slots.computeIfAbsent(new ChildKey(tunnel, child), _ -> new ChildSlot());
    }

    private long total(Total total) {
        return inboundState.total(total) + outboundState.total(total);
    }

    private void closeRetired() {
        retired.removeIf(r -> {
            boolean unused = inboundState.hasLeft(r.inboundEpoch()) && outboundState.hasLeft(r.outboundEpoch());
            if (unused) {
                r.pair().close();
            }
            return unused;
        });
    }

    private record Retired(ChildSa pair, long inboundEpoch, long outboundEpoch) {}

    private record ChildKey(String tunnel, String child) {}
}
