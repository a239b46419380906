package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lifetimes of the agent's SAs in bytes and in packets (RFC 4301 §4.4.2.1), with strongSwan. Its userspace ESP has none
 * of its own: for the peer's lifetimes see {@link LinuxKernelIT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficLifetimeIT {
    private static final int REKEYINGS = 4;
    private static final String REKEYED = "culvert_ike_events_total{event=\"child_sa_rekeyed\"}";
    private static final String STOPPED = "culvert_packets_dropped_total{direction=\"out\",reason=\"sa-expired\"}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
        // ends with its namespace
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf-server.log"));
        assertThat(server.isAlive()).isTrue();
    }

    @AfterEach
    void takeDown() {
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }

    /** As in {@link RekeyUnderLoadIT}, whose note on lost pings holds here too. */
    @ParameterizedTest
    @ValueSource(strings = {"rekeyBytes: 1000000", "rekeyPackets: 1000"})
    void whatRunsOutIsRekeyedWithoutALoss(String limit) {
        strongSwan.load(SwanConfig.between(topology, right, left).with("rekey_time = 0s"));
        agent.apply(TunnelFile.between(topology, left, right).child(limit));
        agent.awaitUp();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1)).isPositive();
        Map<String, Double> drops = agent.drops();
        double before = agent.metrics(REKEYED).getOrDefault(REKEYED, 0.0);
        String name = limit.substring(0, limit.indexOf(':'));
        try (Background flow = flowing(name);
                Background ping =
                        Traffic.pinging(left.host(), right.hostAddress(), 5, directory.resolve(name + "-ping.log"))) {
            Awaitility.await(REKEYINGS + " rekeyings")
                    .atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(agent.metrics(REKEYED))
                            .hasEntrySatisfying(
                                    REKEYED, count -> assertThat(count - before).isGreaterThanOrEqualTo(REKEYINGS)));
            assertThat(flow.isAlive()).as(flow.log()).isTrue();
            Traffic.Lost lost = Traffic.stop(ping);
            assertThat(agent.drops()).as("since, no more than").isEqualTo(drops);
            assertThat(lost.unanswered())
                    .as("of " + lost.sent() + " pings\n" + left.gateway().losses()
                            + right.gateway().losses())
                    .isLessThanOrEqualTo(lost.sent() / 100);
        }
        Awaitility.await("one SA of each kind on both sides")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> {
                    assertThat(strongSwan.count()).isEqualTo("1 IKE, 1 child");
                    assertThat(agent.saCount()).isEqualTo("1 IKE, 1 child");
                });
    }

    /** strongSwan refuses to rekey with the key exchange that only the agent has; that begins with the first rekeying. */
    @Test
    void nothingPassesTheHardLimitWhenThePeerRefusesToRekey() {
        strongSwan.load(SwanConfig.between(topology, right, left).with("rekey_time = 0s"));
        agent.apply(TunnelFile.between(topology, left, right)
                .proposals("aes256gcm16-prfsha384-x25519", "aes256gcm16-x25519")
                .child("rekeyPackets: 1000"));
        agent.awaitUp();
        String before = spi();
        try (Background flow = flowing("refused")) {
            Awaitility.await("packets that an SA beyond its limit does not carry")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> agent.metrics(STOPPED).getOrDefault(STOPPED, 0.0) > 0);
            assertThat(agent.log()).contains("the peer answered NO_PROPOSAL_CHOSEN for child 'net'");
            Awaitility.await("another SA")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !spi().isEmpty() && !spi().equals(before));
            assertThat(flow.isAlive()).as(flow.log()).isTrue();
        }
    }

    private Background flowing(String name) {
        Background flow = Traffic.flowing(left.host(), right.hostAddress(), 10, directory.resolve(name + "-iperf.log"));
        flow.awaitReady(Duration.ofSeconds(5), () -> flow.log().contains("bits/sec"));
        return flow;
    }

    private String spi() {
        return agent.status().path("childSAs").path(0).path("spiOut").asText();
    }
}
