package dev.culvert.e2e;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.BenchmarkPage;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a pair of agents is next to a pair of strongSwans with its userspace ESP, on the same machine in the same run.
 * Not a test: {@code script/bench} runs it.
 */
class SpeedBenchmark {
    private static final int ROUNDS = Integer.getInteger("culvert.bench.rounds", 5);
    private static final int SECONDS = Integer.getInteger("culvert.bench.seconds", 5);
    private static final List<String> ESP = List.of("aes256gcm16", "aes128-sha256", "chacha20poly1305");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology ofAgents = new Topology();

    @AutoClose
    private final Topology ofStrongSwans = new Topology();

    private record Flow(String esp, List<Double> culvert, List<Double> libipsec) {
        /** The median over the rounds of our throughput by theirs in the same round. */
        double medianRatio() {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < culvert.size(); i++) {
                ratios.add(culvert.get(i) / libipsec.get(i));
            }
            return BenchmarkPage.median(ratios);
        }
    }

    @Test
    void compare() {
        List<Flow> flows = new ArrayList<>();
        Topology.Side left = ofAgents.left();
        Topology.Side right = ofAgents.right();
        try (CulvertAgent initiator = CulvertAgent.startToMeasure(left.gateway(), directory.resolve("left"));
                CulvertAgent responder = CulvertAgent.startToMeasure(right.gateway(), directory.resolve("right"));
                StrongSwan one = StrongSwan.start(ofStrongSwans.left().gateway(), directory.resolve("one"));
                StrongSwan other = StrongSwan.start(ofStrongSwans.right().gateway(), directory.resolve("other"));
                Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf1.log"));
                Background server2 =
                        Traffic.iperfServer(ofStrongSwans.right().host(), directory.resolve("iperf2.log"))) {
            if (!server.isAlive() || !server2.isAlive()) {
                throw new LabException("no iperf3 server");
            }
            for (String esp : ESP) {
                flows.add(flow(esp, initiator, responder, one, other));
            }
        }
        BenchmarkPage.put("One TCP flow through a tunnel", page(flows));
    }

    private Flow flow(String esp, CulvertAgent initiator, CulvertAgent responder, StrongSwan one, StrongSwan other) {
        String ike = "aes256gcm16-prfsha384-x25519";
        responder.apply(TunnelFile.between(ofAgents, ofAgents.right(), ofAgents.left())
                .proposals(ike, esp)
                .startAction("None"));
        initiator.apply(
                TunnelFile.between(ofAgents, ofAgents.left(), ofAgents.right()).proposals(ike, esp));
        one.load(SwanConfig.between(ofStrongSwans, ofStrongSwans.left(), ofStrongSwans.right())
                .proposals(ike, esp));
        other.load(SwanConfig.between(ofStrongSwans, ofStrongSwans.right(), ofStrongSwans.left())
                .proposals(ike, esp));
        one.terminate();
        one.initiate();
        responder.awaitUp();
        initiator.awaitUp();
        Flow flow = new Flow(esp, new ArrayList<>(), new ArrayList<>());
        measure(ofAgents); // the compiler of the JVM has its time before what counts
        measure(ofStrongSwans);
        for (int round = 0; round < ROUNDS; round++) {
            double first = measure(ofAgents);
            double second = measure(ofStrongSwans);
            double third = measure(ofStrongSwans);
            double fourth = measure(ofAgents);
            flow.culvert().add((first + fourth) / 2);
            flow.libipsec().add((second + third) / 2);
        }
        return flow;
    }

    private static double measure(Topology topology) {
        return Traffic.flow(topology.left().host(), topology.right().hostAddress(), SECONDS, false);
    }

    private static String page(List<Flow> flows) {
        StringBuilder rows = new StringBuilder();
        for (Flow flow : flows) {
            rows.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.2f |%n",
                    flow.esp(),
                    BenchmarkPage.median(flow.culvert()) / 1e6,
                    BenchmarkPage.median(flow.libipsec()) / 1e6,
                    flow.medianRatio()));
        }
        return """
                iperf3 from a host behind one gateway to a host behind the other, all of them network namespaces of the
                machine, MTU 1500, for %d seconds each time. Two Culvert agents, and two strongSwans with
                kernel-libipsec, its userspace ESP, which encapsulates in UDP; both use a TUN device. Order ABBA, %d
                rounds after one that does not count; medians. The ratio is the median of the rounds' ratios.

                | ESP | Culvert, Mbit/s | libipsec, Mbit/s | ratio |
                |---|---:|---:|---:|
                %s""".formatted(SECONDS, ROUNDS, rows);
    }
}
