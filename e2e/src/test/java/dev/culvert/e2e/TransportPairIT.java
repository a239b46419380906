package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** Two agents that protect the traffic of their gateways with each other in transport mode. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransportPairIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int[] SIZES = {64, 1400, 4000};
    private static final long TRANSFER_BYTES = 5_000_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private CulvertAgent initiator;

    @AutoClose
    private CulvertAgent responder;

    @BeforeAll
    void start() {
        initiator = CulvertAgent.start(left.gateway(), directory.resolve("left"));
        responder = CulvertAgent.start(right.gateway(), directory.resolve("right"));
        // end with their namespaces
        for (Topology.Side side : List.of(left, right)) {
            Background server = Traffic.iperfServer(side.gateway(), directory.resolve(side.name() + "-iperf.log"));
            assertThat(server.isAlive()).isTrue();
        }
    }

    @AfterEach
    void forget() {
        initiator.apply();
        responder.apply();
        initiator.awaitGone();
        responder.awaitGone();
        topology.nat(Nat.NONE);
    }

    @ParameterizedTest(name = "AH: {0}")
    @ValueSource(booleans = {false, true})
    void protectsWhatTheGatewaysSendEachOther(boolean ah) {
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            up(ah, left.outerAddress(), right.outerAddress());
            bothWays(left.outerAddress(), right.outerAddress());
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(1000).allMatch(Capture.Packet::isIpsec);
            assertThat(packets.stream()
                            .filter(ah ? Capture.Packet::isAh : Capture.Packet::isEsp)
                            .count())
                    .isGreaterThan(1000);
        }
    }

    /** RFC 7296 §2.23.1, and the checksums of RFC 3948 §3.1.2. */
    @Test
    void passesANatOfOneAddressToOne() {
        topology.ownPublicAddress(left);
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            up(false, right.routerAddress(), right.outerAddress());
            bothWays(right.routerAddress(), right.outerAddress());
            initiator.rekeyChild();
            responder.rekeyChild();
            bothWays(right.routerAddress(), right.outerAddress());
            assertThat(capture.stop())
                    .hasSizeGreaterThan(1000)
                    .allMatch(packet -> packet.isIpsec() || (packet.isUdp() && packet.sourcePort() == 0));
        }
    }

    @Test
    void aNatThatOthersShareIsRefusedWithTheReason() {
        topology.nat(Nat.LEFT);
        apply(false, right.routerAddress(), right.outerAddress());
        awaitError(initiator, "refused child 'net' in transport mode");
        awaitError(responder, "behind a NAT that translates ports");
        assertThat(Traffic.pingInVain(left.gateway(), right.outerAddress())).isZero();
    }

    /** It would drop the peer's ESP, whose source is to be answered through the TUN device. */
    @Test
    void aStrictReversePathFilterIsSaid() {
        try {
            left.gateway().sysctl("net.ipv4.conf.wan.rp_filter=1");
            apply(false, left.outerAddress(), right.outerAddress());
            initiator.awaitCondition("Programmed", "False/DataPlaneError", PATIENCE);
            left.gateway().sysctl("net.ipv4.conf.wan.rp_filter=2");
            initiator.awaitCondition("Programmed", "True/", PATIENCE);
            initiator.awaitCondition("Established", "True/", PATIENCE);
            assertThat(Traffic.ping(left.gateway(), right.outerAddress(), 3)).isEqualTo(3);
        } finally {
            left.gateway().sysctl("net.ipv4.conf.wan.rp_filter=0");
        }
    }

    private void up(boolean ah, String leftSeen, String rightSeen) {
        apply(ah, leftSeen, rightSeen);
        initiator.awaitCondition("Established", "True/", PATIENCE);
        responder.awaitCondition("Established", "True/", PATIENCE);
    }

    /** Each gateway knows its own address, and the other's as it sees it. */
    private void apply(boolean ah, String leftSeen, String rightSeen) {
        TunnelFile ofRight = TunnelFile.between(topology, right, left)
                .transport(right.outerAddress(), leftSeen)
                .startAction("None");
        TunnelFile ofLeft = TunnelFile.between(topology, left, right).transport(left.outerAddress(), rightSeen);
        responder.apply(ah ? ofRight.ah("sha256") : ofRight);
        responder.awaitCondition("Programmed", "True/", PATIENCE);
        initiator.apply(ah ? ofLeft.ah("sha256") : ofLeft);
    }

    private void bothWays(String leftSeen, String rightSeen) {
        for (int size : SIZES) {
            assertThat(Traffic.pingOf(left.gateway(), rightSeen, size))
                    .as("%d bytes", size)
                    .isEqualTo(2);
            assertThat(Traffic.pingOf(right.gateway(), leftSeen, size))
                    .as("%d bytes back", size)
                    .isEqualTo(2);
        }
        Traffic.transfer(left.gateway(), rightSeen, TRANSFER_BYTES, false);
        Traffic.transfer(right.gateway(), leftSeen, TRANSFER_BYTES, false);
    }

    private static void awaitError(CulvertAgent agent, String words) {
        Awaitility.await(words)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                agent.status().path("lastError").path("message").asText())
                        .contains(words));
    }
}
