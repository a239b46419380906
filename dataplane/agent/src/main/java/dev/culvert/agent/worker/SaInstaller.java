package dev.culvert.agent.worker;

import dev.culvert.agent.host.LocalPaths;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.ChildSaParameters;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ipsec.DataPath;
import dev.culvert.ipsec.DataPathListener;
import dev.culvert.ipsec.DataPathTotals;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.mtu.TooBigReport;
import dev.culvert.ipsec.mtu.TooBigVerdict;
import dev.culvert.ipsec.sad.Lifetime;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.ipsec.sad.SaParameters;
import dev.culvert.ipsec.sad.SaSnapshot;
import dev.culvert.ipsec.spd.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to the data path, in its own terms, what the negotiator and the reconciler want. The data path has one control
 * thread; here that is whoever holds this object's monitor.
 */
public final class SaInstaller implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SaInstaller.class);

    /** How long a replaced pair receives what was still on its way when it was deleted (RFC 7296 §2.8). */
    private static final long STRAGGLERS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final DataPath dataPath;
    private final Map<Integer, Long> receivingUntil = new HashMap<>();
    /** By our SPI, the limits in bytes that were agreed on with the peer. */
    private final Map<Integer, Long> agreedBytes = new HashMap<>();

    private final RandomSource random;
    private final Map<ChildName, ChildSettings> settings = new HashMap<>();
    private final Map<ChildName, ChildTotals> removed = new HashMap<>();
    private volatile Runnable onInstalled = () -> {};

    /** A child of a tunnel. */
    public record ChildName(String tunnel, String child) {}

    /**
     * What is configured and not negotiated.
     *
     * @param replayWindow packets; 0 for none
     * @param outerMtu of the path to the peer, in bytes
     * @param sizes what is configured about the sizes of packets
     * @param rekeyBytes in one direction, after which an SA is to be rekeyed; 0 for no limit
     * @param rekeyPackets the same in packets
     */
    public record ChildSettings(int replayWindow, int outerMtu, SizePolicy sizes, long rekeyBytes, long rekeyPackets) {
        static final ChildSettings USUAL = new ChildSettings(1024, 1500, SizePolicy.USUAL, 0, 0);

        /** @param lifeBytes after which the peer does not take the SA any more; 0 for no limit */
        Lifetime lifetime(long lifeBytes, RandomSource random) {
            return TrafficLifetime.of(TrafficLifetime.soft(rekeyBytes, lifeBytes), rekeyPackets, random);
        }

        boolean hasSizesOf(ChildSettings other) {
            return outerMtu == other.outerMtu && sizes.equals(other.sizes);
        }

        boolean hasLimitsOf(ChildSettings other) {
            return rekeyBytes == other.rekeyBytes && rekeyPackets == other.rekeyPackets;
        }
    }

    /** What a child carried over all its SAs. */
    public record ChildTotals(long packetsIn, long bytesIn, long packetsOut, long bytesOut) {
        static final ChildTotals NONE = new ChildTotals(0, 0, 0, 0);

        ChildTotals plus(SaSnapshot sa) {
            return new ChildTotals(
                    packetsIn + sa.in().packets(),
                    bytesIn + sa.in().bytes(),
                    packetsOut + sa.out().packets(),
                    bytesOut + sa.out().bytes());
        }
    }

    public SaInstaller(RandomSource random, DataPathListener listener) {
        this.random = random;
        dataPath = new DataPath(random, listener);
    }

    DataPath dataPath() {
        return dataPath;
    }

    /** Says what to do when an SA may be sent on: packets may have waited for it. */
    void onInstalled(Runnable action) {
        onInstalled = action;
    }

    /**
     * Replaces all policies and what is configured for their children. Running SAs take up changed sizes and changed
     * limits; a changed replay window counts from the next SA on.
     */
    public synchronized void configure(List<Policy> policies, Map<ChildName, ChildSettings> children) {
        Map<ChildName, ChildSettings> before = new HashMap<>(settings);
        settings.clear();
        settings.putAll(children);
        removed.keySet().retainAll(children.keySet());
        dataPath.policies(policies);
        for (SaSnapshot sa : dataPath.associations()) {
            ChildName name = new ChildName(sa.tunnel(), sa.child());
            ChildSettings now = settings.get(name);
            if (now != null) {
                takeUp(sa, before.getOrDefault(name, ChildSettings.USUAL), now);
            }
        }
    }

    private void takeUp(SaSnapshot sa, ChildSettings before, ChildSettings now) {
        if (!now.hasSizesOf(before)) {
            dataPath.resize(sa.in().spi(), now.outerMtu(), now.sizes());
        }
        if (!now.hasLimitsOf(before)) {
            dataPath.limit(
                    sa.in().spi(), now.lifetime(agreedBytes.getOrDefault(sa.in().spi(), 0L), random));
        }
    }

    /** Installs a pair and closes the keys, which the data path has copied. */
    public synchronized void install(Output.InstallChildSa install) {
        ChildSaParameters p = install.parameters();
        if (receivingUntil.remove(p.spiIn()) != null) {
            end(p.spiIn());
        }
        ChildSettings child =
                settings.getOrDefault(new ChildName(install.tunnel(), install.child()), ChildSettings.USUAL);
        try (SecretBytes encryptionIn = p.encryptionKeyIn();
                SecretBytes integrityIn = p.integrityKeyIn();
                SecretBytes encryptionOut = p.encryptionKeyOut();
                SecretBytes integrityOut = p.integrityKeyOut()) {
            dataPath.install(
                    new SaParameters(
                            install.tunnel(),
                            install.child(),
                            p.spiIn(),
                            p.spiOut(),
                            p.suite(),
                            encryptionIn,
                            integrityIn,
                            encryptionOut,
                            integrityOut,
                            p.local(),
                            p.remote(),
                            switch (p.mode()) {
                                case TUNNEL -> SaMode.TUNNEL;
                                case TRANSPORT -> SaMode.TRANSPORT;
                            },
                            p.carrier(),
                            p.outerLocal(),
                            p.outerRemote(),
                            child.outerMtu(),
                            child.replayWindow(),
                            child.lifetime(p.lifeBytes(), random),
                            child.sizes(),
                            !install.sending()),
                    System.nanoTime());
            if (p.lifeBytes() > 0) {
                agreedBytes.put(p.spiIn(), p.lifeBytes());
            }
            onInstalled.run();
        } catch (IllegalArgumentException e) {
            log.atError()
                    .addKeyValue("tunnel", install.tunnel())
                    .addKeyValue("child", install.child())
                    .log("the SA cannot be installed: {}", e.getMessage());
        }
    }

    /** Sends on the pair from now on: the peer is known to receive on it. */
    public void activate(Output.ActivateChildSa activate) {
        if (dataPath.activateOutbound(activate.spiIn())) {
            onInstalled.run();
        } else {
            log.debug("no SA {} to send on", Integer.toHexString(activate.spiOut()));
        }
    }

    public synchronized void update(Output.UpdateChildSa update) {
        int outerMtu = settings.getOrDefault(new ChildName(update.tunnel(), update.child()), ChildSettings.USUAL)
                .outerMtu();
        if (!dataPath.update(update.spiIn(), update.carrier(), update.outerLocal(), update.outerRemote(), outerMtu)) {
            log.debug("no SA {} to update", Integer.toHexString(update.spiIn()));
        }
    }

    /** Takes up what a router reported, if it is about a packet of ours. */
    synchronized TooBigVerdict tooBig(TooBigReport report) {
        return dataPath.tooBig(report, System.nanoTime());
    }

    /** Removes a pair: at once, or if another one takes its place, from sending now and from receiving a little later. */
    public synchronized void remove(Output.RemoveChildSa remove) {
        if (dataPath.stopSending(remove.spiIn())) {
            receivingUntil.put(remove.spiIn(), System.nanoTime() + STRAGGLERS_NANOS);
        } else {
            end(remove.spiIn());
        }
    }

    private void end(int spiIn) {
        agreedBytes.remove(spiIn);
        dataPath.remove(spiIn).ifPresent(last -> {
            ChildName name = new ChildName(last.tunnel(), last.child());
            if (settings.containsKey(name)) {
                removed.merge(name, ChildTotals.NONE.plus(last), (sum, more) -> sum.plus(last));
            }
        });
    }

    /** To be called about once a second: ends rekeyed pairs, and lets go of keys that no batch uses any more. */
    public synchronized void tick() {
        long now = System.nanoTime();
        receivingUntil.entrySet().removeIf(pair -> {
            boolean over = pair.getValue() - now <= 0;
            if (over) {
                end(pair.getKey());
            }
            return over;
        });
        dataPath.timeout(now);
    }

    /** What each configured child carried since the agent started. Any thread. */
    public synchronized Map<ChildName, ChildTotals> childTotals() {
        Map<ChildName, ChildTotals> totals = new HashMap<>();
        settings.keySet().forEach(name -> totals.put(name, removed.getOrDefault(name, ChildTotals.NONE)));
        dataPath.associations()
                .forEach(sa ->
                        totals.computeIfPresent(new ChildName(sa.tunnel(), sa.child()), (name, sum) -> sum.plus(sa)));
        return totals;
    }

    /** Pairs that are installed, those that only receive the last packets included. Any thread. */
    public int pairs() {
        return dataPath.associations().size();
    }

    /** Outer addresses of the pairs. Any thread. */
    public Set<LocalPaths.Path> paths() {
        return dataPath.associations().stream()
                .map(sa -> new LocalPaths.Path(
                        sa.outerLocal().address(), sa.outerRemote().address()))
                .collect(Collectors.toSet());
    }

    /** Any thread. */
    public DataPathTotals totals() {
        return dataPath.totals();
    }

    /** All pairs. Any thread. */
    public List<SaSnapshot> associations() {
        return dataPath.associations();
    }

    /** The policies that apply, in their order. Any thread. */
    public List<Policy> policies() {
        return dataPath.policies();
    }

    /** One pair's counters. Any thread. */
    public Optional<SaSnapshot> association(int spiIn) {
        return dataPath.association(spiIn);
    }

    /** Forgets all keys. The worker must have stopped. */
    @Override
    public synchronized void close() {
        dataPath.close();
    }
}
