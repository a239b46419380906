package dev.culvert.e2e;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.BenchmarkPage;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Flood;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.ProcessUsage;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What a flood of spoofed IKE_SA_INIT requests costs an established tunnel; {@code script/bench} runs it. */
class FloodBenchmark {
    private static final int PER_SECOND = 20_000;
    private static final int ROUNDS = Integer.getInteger("culvert.bench.rounds", 5);
    private static final int SECONDS = Integer.getInteger("culvert.bench.seconds", 5);
    private static final int IKE = 500;
    /** Four seconds without an answer end the IKE SA. */
    private static final String DPD = "{delay: 1s, timeout: 4s, action: Restart}";

    /** Nobody listens there. */
    private static final int CLOSED = 9999;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    private record Phase(List<Double> closed, List<Double> ike) {
        double medianRatio() {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < ike.size(); i++) {
                ratios.add(ike.get(i) / closed.get(i));
            }
            return BenchmarkPage.median(ratios);
        }

        String row(String tunnels, long before, long after) {
            return String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.2f | %.0f | %.0f |%n",
                    tunnels,
                    BenchmarkPage.median(closed) / 1e6,
                    BenchmarkPage.median(ike) / 1e6,
                    medianRatio(),
                    before / (double) (1 << 20),
                    after / (double) (1 << 20));
        }
    }

    @Test
    void measure() {
        // as long as its name has no address, the peer may come from any
        TunnelFile anybody = new TunnelFile(
                        "anybody.invalid", "left.example", "anybody.example", "10.1.0.0/24", "10.3.0.0/24")
                .named("anybody")
                .startAction("None");
        BenchmarkPage.put("A flood of IKE_SA_INIT", """
                %d requests per second, each from another address that is nobody's, to an agent that has one processor, while
                one TCP flow goes through its tunnel to another agent. The sender and the router take processor time too, so
                throughput is compared with the same flood to a closed UDP port of the same host; order ABBA, %d rounds of
                %d seconds, medians. Where the addresses of all peers are known such requests are not answered; where one
                has only a name that has no address, it may be any of them, and they are answered with cookies, as far as
                there is time for that. Both ends check each other's liveness every second throughout, and have the IKE SA of
                before in the end.

                | tunnels | closed port, Mbit/s | UDP 500, Mbit/s | ratio | MB resident before | after |
                |---|---:|---:|---:|---:|---:|
                %s%s""".formatted(
                        PER_SECOND,
                        ROUNDS,
                        SECONDS,
                        measure("of configured addresses", "one"),
                        measure("one of them of a name without address", "two", anybody)));
    }

    private String measure(String what, String name, TunnelFile... more) {
        TunnelFile[] tunnels = new TunnelFile[more.length + 1];
        tunnels[0] = TunnelFile.between(topology, left, right).dpd(DPD);
        System.arraycopy(more, 0, tunnels, 1, more.length);
        try (Flood flood = new Flood(topology, directory);
                CulvertAgent agent =
                        CulvertAgent.startToMeasure(left.gateway(), directory.resolve(name + "left"), tunnels);
                CulvertAgent peer = CulvertAgent.startToMeasure(
                        right.gateway(),
                        directory.resolve(name + "right"),
                        TunnelFile.between(topology, right, left).dpd(DPD).startAction("None"));
                Background server = Traffic.iperfServer(right.host(), directory.resolve(name + "iperf.log"))) {
            if (!server.isAlive()) {
                throw new LabException("no iperf3 server");
            }
            agent.pin(0);
            peer.awaitUp();
            String spis = spis(peer);
            under(flood, IKE);
            under(flood, CLOSED);
            long before = ProcessUsage.of(agent.pid()).residentBytes();
            Phase phase = new Phase(new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round < ROUNDS; round++) {
                double first = under(flood, CLOSED);
                double second = under(flood, IKE);
                double third = under(flood, IKE);
                double fourth = under(flood, CLOSED);
                phase.closed().add((first + fourth) / 2);
                phase.ike().add((second + third) / 2);
            }
            if (!spis(peer).equals(spis)) {
                throw new LabException("the tunnel lost its liveness: " + spis + " became " + spis(peer));
            }
            return phase.row(what, before, ProcessUsage.of(agent.pid()).residentBytes());
        }
    }

    private static String spis(CulvertAgent agent) {
        return agent.status().path("ikeSA").path("spis").toString();
    }

    private double under(Flood flood, int port) {
        try (Flood.Running running =
                flood.start(left.outerAddress(), port, PER_SECOND, Duration.ofSeconds(SECONDS + 2))) {
            double throughput = Traffic.flow(left.host(), right.hostAddress(), SECONDS, false);
            if (!running.isAlive()) {
                throw new LabException("the flood ended before the measurement");
            }
            return throughput;
        }
    }
}
