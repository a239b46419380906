package dev.culvert.e2e;

import dev.culvert.e2e.lab.BenchmarkPage;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.ManyTunnels;
import dev.culvert.e2e.lab.ProcessUsage;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** How long many tunnels take to come up, and what each of them costs; {@code script/bench} runs it. */
class HandshakeBenchmark {
    private static final List<Integer> COUNTS = Arrays.stream(
                    System.getProperty("culvert.bench.tunnels", "100,1000,2000").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    private static final int WARM_UP = 300;
    /** With the lab's settings it gives up on some of more, for want of answers. */
    private static final int STRONG_SWAN_MOST = 1000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    /**
     * @param seconds from the configuration to the last child SA
     * @param perSecond child SAs, from the first to the last
     * @param cpuSeconds of both ends together
     * @param initiatorBytes of memory by which the initiator grew, counted as {@code liveBytes} are: of the heap after a
     *     collection for Java, resident otherwise
     */
    private record Run(
            int tunnels, double seconds, double perSecond, double cpuSeconds, long initiatorBytes, long residentBytes) {
        String row(String who) {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %.2f | %.0f | %.2f | %.1f | %.0f |%n",
                    who,
                    tunnels,
                    seconds,
                    perSecond,
                    1000 * cpuSeconds / tunnels,
                    initiatorBytes / 1024.0 / tunnels,
                    residentBytes / (double) (1 << 20));
        }
    }

    @Test
    void measure() {
        StringBuilder rows = new StringBuilder();
        for (int count : COUNTS) {
            rows.append(culvert(count).row("Culvert"));
            if (count <= STRONG_SWAN_MOST) {
                rows.append(strongSwan(count).row("strongSwan"));
            }
        }
        BenchmarkPage.put("Tunnels at once", """
                Many tunnels between the same two gateways, started together: each with an IKE SA of its own
                (AES-256-GCM, PRF-SHA2-384, X25519, pre-shared key) and one child SA. Seconds are from writing the
                initiator's configuration to the last child SA, the reading of it included; tunnels per second are from the
                first child SA to the last, or from the beginning where the first look found all. strongSwan is left out beyond
                1,000: with the settings here it gives some up for want of answers. Both ends share the processors. The agents had brought up %d tunnels before, so
                that what their compilers do is left out. Memory is what the initiator grew by: for Culvert what is on the
                heap after a collection, for strongSwan what is resident.

                | | tunnels | seconds to all up | tunnels/s | ms of processor per tunnel, both ends | KB per tunnel | MB resident |
                |---|---:|---:|---:|---:|---:|---:|
                %s""".formatted(WARM_UP, rows));
    }

    private Run culvert(int count) {
        Path files = directory.resolve("culvert" + count);
        try (Topology topology = new Topology();
                CulvertAgent initiator =
                        CulvertAgent.startInspectable(topology.left().gateway(), files.resolve("left"));
                CulvertAgent responder =
                        CulvertAgent.startInspectable(topology.right().gateway(), files.resolve("right"))) {
            ManyTunnels tunnels = new ManyTunnels(topology);
            bringUp(tunnels, initiator, responder, WARM_UP);
            initiator.apply();
            responder.apply();
            initiator.awaitGone();
            responder.awaitGone();
            long heap = initiator.liveHeapBytes();
            Run run = bringUp(tunnels, initiator, responder, count);
            return new Run(
                    run.tunnels,
                    run.seconds,
                    run.perSecond,
                    run.cpuSeconds,
                    initiator.liveHeapBytes() - heap,
                    ProcessUsage.of(initiator.pid()).residentBytes());
        }
    }

    private static Run bringUp(ManyTunnels tunnels, CulvertAgent initiator, CulvertAgent responder, int count) {
        int already = established(initiator.log());
        responder.apply(tunnels.responder(count));
        await(count, () -> responder.tunnels().size());
        double cpu = cpu(initiator.pid(), responder.pid());
        long began = System.nanoTime();
        initiator.apply(tunnels.initiator(count));
        double perSecond = await(count, () -> established(initiator.log()) - already);
        double seconds = (System.nanoTime() - began) / 1e9;
        double used = cpu(initiator.pid(), responder.pid()) - cpu;
        if (initiator.upCount() != count) {
            throw new LabException("not all tunnels are up");
        }
        return new Run(count, seconds, perSecond, used, 0, 0);
    }

    private Run strongSwan(int count) {
        try (Topology topology = new Topology()) {
            ManyTunnels tunnels = new ManyTunnels(topology);
            // Before charon starts: of so many that come later it misses some.
            tunnels.addAddresses(count, directory);
            return strongSwan(topology, tunnels, count);
        }
    }

    private Run strongSwan(Topology topology, ManyTunnels tunnels, int count) {
        Path files = directory.resolve("swan" + count);
        try (StrongSwan initiator = StrongSwan.start(topology.left().gateway(), files.resolve("left"));
                StrongSwan responder = StrongSwan.start(topology.right().gateway(), files.resolve("right"))) {
            responder.load(tunnels.swanResponder(count));
            ProcessUsage before = ProcessUsage.of(initiator.pid());
            double cpu = cpu(initiator.pid(), responder.pid());
            long began = System.nanoTime();
            initiator.load(tunnels.swanInitiator(count));
            double perSecond = await(count, () -> established(initiator.log()));
            double seconds = (System.nanoTime() - began) / 1e9;
            ProcessUsage after = ProcessUsage.of(initiator.pid());
            return new Run(
                    count,
                    seconds,
                    perSecond,
                    cpu(initiator.pid(), responder.pid()) - cpu,
                    after.residentBytes() - before.residentBytes(),
                    after.residentBytes());
        }
    }

    /** Looking at the log costs the process nothing, other than to ask it. */
    private static int established(String log) {
        int count = 0;
        for (String line : log.split("\n", -1)) {
            boolean ours = line.contains("child SA ") && line.contains(" === ");
            boolean theirs = line.contains("CHILD_SA ") && line.contains(" established with SPIs");
            count += ours || theirs ? 1 : 0;
        }
        return count;
    }

    private static double cpu(long one, long other) {
        return ProcessUsage.of(one).cpuSeconds() + ProcessUsage.of(other).cpuSeconds();
    }

    /** Returns how many came up in a second, from the first that was seen to the last; from the beginning if all were at once. */
    private static double await(int wanted, IntSupplier count) {
        long began = System.nanoTime();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int first = 0;
        long firstAt = 0;
        while (true) {
            int now = count.getAsInt();
            if (first == 0 && now > 0) {
                first = now;
                firstAt = System.nanoTime();
            }
            if (now >= wanted) {
                boolean atOnce = first == now;
                return (atOnce ? now : now - first) / ((System.nanoTime() - (atOnce ? began : firstAt)) / 1e9);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("only " + now + " of them after " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
