package dev.culvert.e2e;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.Repository;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a pair of agents is next to a pair of strongSwans with its userspace ESP, on the same machine in the same run.
 * Not a test: {@code script/bench} runs it, and it writes docs/benchmarks.md.
 */
class SpeedBenchmark {
    private static final int ROUNDS = Integer.getInteger("culvert.bench.rounds", 5);
    private static final int SECONDS = Integer.getInteger("culvert.bench.seconds", 5);
    private static final int TUNNELS = Integer.getInteger("culvert.bench.tunnels", 200);
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
            return median(ratios);
        }
    }

    @Test
    void compare() throws IOException {
        List<Flow> flows = new ArrayList<>();
        double agents;
        double strongSwans;
        Topology.Side left = ofAgents.left();
        Topology.Side right = ofAgents.right();
        try (CulvertAgent initiator = CulvertAgent.start(left.gateway(), directory.resolve("left"));
                CulvertAgent responder = CulvertAgent.start(right.gateway(), directory.resolve("right"));
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
            agents = agentHandshakes(initiator, responder);
            strongSwans = strongSwanHandshakes(one, other);
        }
        Path page = Repository.root().resolve("docs/benchmarks.md");
        Files.createDirectories(page.getParent());
        Files.writeString(page, page(flows, agents, strongSwans));
        System.out.println(Files.readString(page));
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

    /** Tunnels from nothing to established, each with an IKE SA and a child of its own, per second. */
    private double agentHandshakes(CulvertAgent initiator, CulvertAgent responder) {
        List<TunnelFile> here = new ArrayList<>();
        List<TunnelFile> there = new ArrayList<>();
        for (int i = 0; i < TUNNELS; i++) {
            TunnelFile ours = TunnelFile.between(ofAgents, ofAgents.left(), ofAgents.right())
                    .named("t" + i)
                    .identities("here" + i + ".example", "there" + i + ".example")
                    .selectors("10.1.0.0/24", inner(i));
            TunnelFile theirs = TunnelFile.between(ofAgents, ofAgents.right(), ofAgents.left())
                    .named("t" + i)
                    .identities("there" + i + ".example", "here" + i + ".example")
                    .selectors(inner(i), "10.1.0.0/24")
                    .startAction("None");
            here.add(ours);
            there.add(theirs);
        }
        initiator.apply();
        responder.apply(there.toArray(TunnelFile[]::new));
        await(() -> responder.tunnels().size());
        initiator.apply(here.toArray(TunnelFile[]::new));
        await(() -> initiator.tunnels().size());
        // what counts begins with the first SA, not with the reading of the file
        long began = System.nanoTime();
        long already = initiator.upCount();
        await(initiator::upCount);
        return (TUNNELS - already) / seconds(began);
    }

    private double strongSwanHandshakes(StrongSwan one, StrongSwan other) {
        one.terminate();
        StringBuilder addresses = new StringBuilder();
        StringBuilder here = new StringBuilder();
        StringBuilder there = new StringBuilder();
        for (int i = 0; i < TUNNELS; i++) {
            addresses.append("addr add ").append(inner(i)).append(" dev lo\n");
            here.append(connection(
                    i, ofStrongSwans.left(), ofStrongSwans.right(), "here", "there", "10.1.0.0/24", inner(i)));
            there.append(connection(
                    i, ofStrongSwans.right(), ofStrongSwans.left(), "there", "here", inner(i), "10.1.0.0/24"));
        }
        try {
            Path batch = Files.writeString(directory.resolve("addresses"), addresses);
            ofStrongSwans.right().gateway().run("ip", "-batch", batch.toString());
        } catch (IOException e) {
            throw new LabException(e.toString());
        }
        String key = "secrets { ike-any { secret = \"" + SwanConfig.PSK + "\" } }\n";
        other.load("connections {\n" + there + "}\n" + key);
        long began = System.nanoTime();
        one.load("connections {\n" + here.toString().replace("start_action = none", "start_action = start") + "}\n"
                + key);
        await(() -> one.sas().lines().filter(line -> line.contains("INSTALLED")).count());
        return TUNNELS / seconds(began);
    }

    private static String connection(
            int number,
            Topology.Side from,
            Topology.Side to,
            String local,
            String remote,
            String ofLocal,
            String ofRemote) {
        return """
                t%d {
                  version = 2
                  local_addrs = %s
                  remote_addrs = %s
                  proposals = aes256gcm16-prfsha384-x25519
                  local { auth = psk
                    id = %s%d.example }
                  remote { auth = psk
                    id = %s%d.example }
                  children { net%d {
                    local_ts = %s
                    remote_ts = %s
                    esp_proposals = aes256gcm16
                    start_action = none } }
                }
                """.formatted(
                        number,
                        from.outerAddress(),
                        to.outerAddress(),
                        local,
                        number,
                        remote,
                        number,
                        number,
                        ofLocal,
                        ofRemote);
    }

    private static String inner(int number) {
        return "10.100." + number / 250 + "." + (number % 250 + 1) + "/32";
    }

    private static void await(LongSupplier count) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (count.getAsLong() < TUNNELS) {
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("only " + count.getAsLong() + " of " + TUNNELS + " after two minutes");
            }
            Thread.onSpinWait();
        }
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String page(List<Flow> flows, double agents, double strongSwans) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (Flow flow : flows) {
            rows.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.2f |%n",
                    flow.esp(),
                    median(flow.culvert()) / 1e6,
                    median(flow.libipsec()) / 1e6,
                    flow.medianRatio()));
        }
        return String.format(
                Locale.ROOT,
                """
                # Benchmarks

                Written by `script/bench`, which measures both in one run on one machine; run it to compare with yours.

                Machine: %s, %d processors, Linux %s, Java %s, strongSwan %s. Date: %s.

                ## One TCP flow through a tunnel

                iperf3 from a host behind one gateway to a host behind the other, all of them network namespaces of the
                machine, MTU 1500, for %d seconds each time. Two Culvert agents, and two strongSwans with
                kernel-libipsec, its userspace ESP: both encapsulate in UDP and use a TUN device. Order ABBA, %d
                rounds after one that does not count; medians. The ratio is the median of the rounds' ratios.

                | ESP | Culvert, Mbit/s | libipsec, Mbit/s | ratio |
                |---|---:|---:|---:|
                %s
                ## Handshakes

                %d tunnels between the two gateways, all started at once, until each has its IKE SA (AES-256-GCM,
                PRF-SHA2-384, X25519, pre-shared key) and its child SA. Initiator and responder share the processors.

                | | tunnels per second |
                |---|---:|
                | Culvert | %.0f |
                | strongSwan | %.0f |
                """,
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version(),
                Commands.attempt("swanctl", "--version").out().replaceAll("(?s)^.*swanctl ([0-9.]+).*$", "$1"),
                LocalDate.now(ZoneOffset.UTC),
                SECONDS,
                ROUNDS,
                rows,
                TUNNELS,
                agents,
                strongSwans);
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.replaceFirst("^[^:]*: *", ""))
                .findFirst()
                .orElse("unknown processor");
    }
}
