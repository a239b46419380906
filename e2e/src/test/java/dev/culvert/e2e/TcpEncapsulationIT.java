package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two agents whose IKE and ESP go in a TCP connection (RFC 9329), which the left one opens. */
class TcpEncapsulationIT {
    private static final int PORT = 4500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    private CulvertAgent responder(Topology topology, String mode) {
        return CulvertAgent.start(
                topology.right().gateway(),
                directory.resolve("right"),
                TunnelFile.between(topology, topology.right(), topology.left())
                        .startAction("None")
                        .ike("tcpEncapsulation: " + mode));
    }

    private CulvertAgent initiator(Topology topology, String mode) {
        return CulvertAgent.start(
                topology.left().gateway(),
                directory.resolve("left"),
                TunnelFile.between(topology, topology.left(), topology.right()).ike("tcpEncapsulation: " + mode));
    }

    private static void carriesTrafficBothWays(Topology topology, Background server) {
        assertThat(server.isAlive()).isTrue();
        String left = topology.left().hostAddress();
        String right = topology.right().hostAddress();
        assertThat(Traffic.ping(topology.left().host(), right, 5)).isEqualTo(5);
        assertThat(Traffic.ping(topology.right().host(), left, 5)).isEqualTo(5);
        Traffic.transfer(topology.left().host(), right, 20_000_000, false);
        Traffic.transfer(topology.left().host(), right, 20_000_000, true);
    }

    private static String transport(CulvertAgent agent) {
        return agent.status().at("/ikeSA/transport").asText();
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "LEFT"})
    void alwaysLeavesNothingButTcpOnTheWire(Nat nat) {
        try (Topology topology = new Topology()) {
            topology.nat(nat);
            try (Capture capture = Capture.start(topology.wan(), "any", directory);
                    Background server = Traffic.iperfServer(topology.right().host(), directory.resolve("iperf.log"));
                    CulvertAgent responder = responder(topology, "Always");
                    CulvertAgent initiator = initiator(topology, "Always")) {
                initiator.awaitCondition("Established", "True/", PATIENCE);
                responder.awaitCondition("Established", "True/", PATIENCE);
                assertThat(transport(initiator)).isEqualTo("TCP");
                assertThat(transport(responder)).isEqualTo("TCP");
                carriesTrafficBothWays(topology, server);
                initiator.rekeyChild();
                responder.rekeyIke();
                carriesTrafficBothWays(topology, server);

                Commands.Result status = initiator.command("status");
                assertThat(status.out()).contains(":" + PORT + "/tcp");
                Commands.Result sas = initiator.command("status", "-o", "json");
                assertThat(sas.out()).contains("\"transport\"");

                List<Capture.Packet> packets = capture.stop();
                assertThat(packets).hasSizeGreaterThan(1000).allMatch(packet -> packet.isTcp(PORT));
            }
        }
    }

    @Test
    void fallbackFindsOutThatUdpDoesNotPass() {
        try (Topology topology = new Topology()) {
            topology.onlyTcp();
            try (Background server = Traffic.iperfServer(topology.right().host(), directory.resolve("iperf.log"));
                    CulvertAgent responder = responder(topology, "Fallback");
                    CulvertAgent initiator = initiator(topology, "Fallback")) {
                initiator.awaitCondition("Established", "True/", PATIENCE);
                responder.awaitCondition("Established", "True/", PATIENCE);
                assertThat(transport(initiator)).isEqualTo("TCP");
                carriesTrafficBothWays(topology, server);
            }
        }
    }

    @Test
    void fallbackStaysWithUdpWhereItPasses() {
        try (Topology topology = new Topology();
                CulvertAgent responder = responder(topology, "Fallback");
                CulvertAgent initiator = initiator(topology, "Fallback")) {
            initiator.awaitUp();
            responder.awaitUp();
            assertThat(transport(initiator)).isEqualTo("UDP");
            assertThat(initiator.metrics("culvert_tcp_connections ").values()).containsExactly(0.0);
        }
    }

    /** Something on the way resets the connection while packets flow, five times: they flow on, by the same SAs. */
    @Test
    void aConnectionThatIsResetComesBackUnderTraffic() {
        try (Topology topology = new Topology();
                CulvertAgent responder = responder(topology, "Always");
                CulvertAgent initiator = initiator(topology, "Always")) {
            initiator.awaitCondition("Established", "True/", PATIENCE);
            responder.awaitCondition("Established", "True/", PATIENCE);
            String before = initiator.status().at("/ikeSA/spis").toString()
                    + initiator.status().at("/childSAs/0/spiIn");
            try (Background pinging = Traffic.pinging(
                    topology.left().host(), topology.right().hostAddress(), 20, directory.resolve("ping.log"))) {
                for (int round = 1; round <= 5; round++) {
                    double lost = lostStreams(initiator);
                    topology.resetting(() -> Awaitility.await("a reset connection")
                            .atMost(PATIENCE)
                            .until(() -> lostStreams(initiator) > lost));
                    Awaitility.await("traffic after reset " + round)
                            .atMost(PATIENCE)
                            .until(() -> Traffic.ping(
                                            topology.left().host(),
                                            topology.right().hostAddress(),
                                            3)
                                    == 3);
                    assertThat(Traffic.ping(
                                    topology.right().host(), topology.left().hostAddress(), 3))
                            .isEqualTo(3);
                }
                assertThat(Traffic.stop(pinging).sent()).isGreaterThan(100);
            }
            assertThat(initiator.status().at("/ikeSA/spis").toString()
                            + initiator.status().at("/childSAs/0/spiIn"))
                    .isEqualTo(before);
            assertThat(initiator.saCount()).isEqualTo("1 IKE, 1 child");
            assertThat(responder.saCount()).isEqualTo("1 IKE, 1 child");
            Awaitility.await("one connection on each side")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(initiator
                                    .metrics("culvert_tcp_connections ")
                                    .values())
                            .containsExactly(1.0));
        }
    }

    private static double lostStreams(CulvertAgent agent) {
        return agent.metrics("culvert_ike_events_total{event=\"stream_lost\"}").values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
