package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Flood;
import dev.culvert.e2e.lab.Netns;
import dev.culvert.e2e.lab.ProcessUsage;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad inputs 36: a flood of spoofed IKE_SA_INIT requests against an agent that has one processor. What it costs in
 * throughput is measured by {@code script/bench}.
 */
@Tag("alone")
class FloodIT {
    private static final int PER_SECOND = 20_000;
    private static final Duration LASTS = Duration.ofSeconds(Integer.getInteger("culvert.flood.seconds", 30));
    private static final String DPD = "{delay: 1s, timeout: 4s, action: Restart}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @Test
    void line36_configuredPeersConnectAndTheTunnelStaysUpInAFlood() {
        try (Flood flood = new Flood(topology, directory);
                Netns newcomer = newcomer();
                CulvertAgent agent = CulvertAgent.startToMeasure(
                        left.gateway(),
                        directory.resolve("left"),
                        TunnelFile.between(topology, left, right).dpd(DPD),
                        new TunnelFile("192.0.3.2", "left.example", "newcomer.example", "10.1.0.0/24", "10.3.0.1/32")
                                .named("newcomer")
                                .startAction("None"));
                CulvertAgent peer = CulvertAgent.startToMeasure(
                        right.gateway(),
                        directory.resolve("right"),
                        TunnelFile.between(topology, right, left).dpd(DPD).startAction("None"));
                StrongSwan honest = StrongSwan.start(newcomer, directory.resolve("newcomer"));
                Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"))) {
            assertThat(server.isAlive()).isTrue();
            agent.pin(0);
            peer.awaitUp();
            honest.load(new SwanConfig(
                    "192.0.3.2",
                    left.outerAddress(),
                    "newcomer.example",
                    "left.example",
                    "10.3.0.1/32",
                    "10.1.0.0/24"));
            Traffic.flow(left.host(), right.hostAddress(), 3, false);
            String spis = spis(peer);
            long before = ProcessUsage.of(agent.pid()).residentBytes();

            try (Flood.Running running = flood.start(left.outerAddress(), 500, PER_SECOND, LASTS)) {
                Traffic.flow(left.host(), right.hostAddress(), (int) LASTS.toSeconds() / 3, false);
                long began = System.nanoTime();
                honest.initiate();
                long took = System.nanoTime() - began;
                Traffic.flow(left.host(), right.hostAddress(), (int) LASTS.toSeconds() / 3, true);
                assertThat(running.isAlive()).as("still under way").isTrue();
                long sent = running.await(LASTS.plusSeconds(20));

                assertThat(sent).isGreaterThanOrEqualTo(PER_SECOND * LASTS.toSeconds());
                assertThat(took).as("nanoseconds to connect").isLessThan(5_000_000_000L);
                assertThat(honest.isUp()).isTrue();
                assertThat(spis(peer)).as("the IKE SA of before").isEqualTo(spis);
                assertThat(agent.metrics("culvert_ike_half_open").get("culvert_ike_half_open"))
                        .isLessThan(40);
                Map<String, Double> dropped = agent.metrics("culvert_ike_datagrams_dropped_total");
                double refused = dropped(dropped, "no-tunnel") + dropped(dropped, "queue-stranger");
                assertThat(refused).as("refused, of %d", sent).isGreaterThan(sent * 0.5);
                assertThat(dropped(dropped, "queue-known-sa")).isZero();
                assertThat(ProcessUsage.of(agent.pid()).residentBytes())
                        .as("resident, %d before", before)
                        .isLessThan(before + (64 << 20));
            }
        }
    }

    private Netns newcomer() {
        Netns netns = Netns.create("newcomer");
        Netns.cable(topology.wan(), "newcomer", netns, "wan");
        topology.wan().ip("addr add 192.0.3.1/24 dev newcomer");
        netns.ip("addr add 192.0.3.2/24 dev wan");
        netns.ip("route add default via 192.0.3.1");
        netns.ip("addr add 10.3.0.1/32 dev lo");
        return netns;
    }

    private static double dropped(Map<String, Double> counters, String reason) {
        return counters.getOrDefault("culvert_ike_datagrams_dropped_total{reason=\"" + reason + "\"}", -1.0);
    }

    private static String spis(CulvertAgent agent) {
        return agent.status().path("ikeSA").path("spis").toString();
    }
}
