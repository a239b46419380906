package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A gateway gets another address, or a NAT before it another mapping: the tunnel with strongSwan follows with the SAs it
 * has (RFC 4555), and traffic goes on.
 */
class MobilityIT {
    private static final String LIVENESS = "{delay: 2s, timeout: 60s, action: Restart}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeEach
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    private void connect(boolean agentBegins) {
        strongSwan.load(SwanConfig.between(topology, right, left).with("dpd_delay = 2s"));
        TunnelFile tunnel = TunnelFile.between(topology, left, right).dpd(LIVENESS);
        if (agentBegins) {
            agent.apply(tunnel);
        } else {
            agent.apply(tunnel.startAction("None"));
            agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(10));
            strongSwan.initiate();
        }
        agent.awaitUp();
        awaitTraffic();
    }

    @ParameterizedTest(name = "agent begins: {0}, agent moves: {1}")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void aGatewayGetsAnotherAddress(boolean agentBegins, boolean agentMoves) {
        connect(agentBegins);
        String spis = spis();
        String newAddress = agentMoves ? "198.51.100.77" : "203.0.113.77";
        topology.renumber(agentMoves ? left : right, newAddress);
        Awaitility.await("the new address at strongSwan")
                .atMost(Duration.ofSeconds(20))
                .until(() -> strongSwan.sas().contains(newAddress));
        awaitTraffic();
        assertThat(spis()).as(strongSwan.sas()).isEqualTo(spis);
        assertThat(agent.metrics("culvert_ike_events_total{event=\"ike_sa_established\"}"))
                .containsValue(1.0);
    }

    /** The peer's packets come from another port from one moment to the next; its ESP packets show it first. */
    @Test
    void line57_aNatBeforeThePeerForgetsItsMapping() {
        topology.nat(Topology.Nat.RIGHT);
        connect(false);
        String spis = spis();
        topology.remap();
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 20)).isGreaterThanOrEqualTo(1);
        assertThat(spis()).isEqualTo(spis);
        assertThat(agent.metrics("culvert_ike_events_total{event=\"peer_moved\"}"))
                .containsValue(1.0);
    }

    /** Our liveness check shows that the peer sees us elsewhere, and we update (RFC 4555 §3.8). */
    @Test
    void aNatBeforeTheAgentForgetsItsMapping() {
        topology.nat(Topology.Nat.LEFT);
        connect(true);
        String spis = spis();
        topology.remap();
        awaitTraffic();
        assertThat(spis()).isEqualTo(spis);
    }

    private String spis() {
        return agent.status().path("ikeSA").path("spis").toString();
    }

    private void awaitTraffic() {
        Awaitility.await("an answered ping each way")
                .atMost(Duration.ofSeconds(20))
                .until(() -> Traffic.ping(left.host(), right.hostAddress(), 1) > 0
                        && Traffic.ping(right.host(), left.hostAddress(), 1) > 0);
    }
}
