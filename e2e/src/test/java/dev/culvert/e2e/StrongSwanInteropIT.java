package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The stand-alone agent with strongSwan: every suite, each side beginning, without a NAT and with one before either.
 * Both run through all cases, being told another configuration for each, as they would be in service.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrongSwanInteropIT {
    private static final long TRANSFER_BYTES = 2_000_000;

    /** Who sends the first message. */
    enum Initiator {
        AGENT,
        STRONGSWAN
    }

    record Case(Nat nat, Initiator initiator, Suite suite) {
        @Override
        public String toString() {
            String behind =
                    switch (nat) {
                        case NONE -> "no NAT";
                        case LEFT -> "agent behind NAT";
                        case RIGHT -> "strongSwan behind NAT";
                        case BOTH -> "both behind NAT";
                    };
            return initiator + " initiates, " + behind + ", " + suite;
        }
    }

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
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
        assertThat(server.isAlive()).isTrue();
    }

    static Stream<Case> cases() {
        return Stream.of(Nat.NONE, Nat.LEFT, Nat.RIGHT)
                .flatMap(nat -> Stream.of(Initiator.values())
                        .flatMap(initiator -> suites(nat).map(suite -> new Case(nat, initiator, suite))));
    }

    private static Stream<Suite> suites(Nat nat) {
        return nat == Nat.NONE
                ? Stream.concat(Suite.usual().stream(), Suite.unusual().stream())
                : Suite.usual().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void carriesTrafficBothWays(Case given) {
        topology.nat(given.nat());
        Suite suite = given.suite();
        strongSwan.load(SwanConfig.between(topology, right, left).proposals(suite.ike(), suite.esp()));
        TunnelFile tunnel = TunnelFile.between(topology, left, right).proposals(suite.ike(), suite.esp());
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            if (given.initiator() == Initiator.AGENT) {
                agent.apply(tunnel);
            } else {
                agent.apply(tunnel.startAction("None"));
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
                strongSwan.initiate();
            }
            agent.awaitUp();
            assertThat(strongSwan.isUp()).as(strongSwan.sas()).isTrue();

            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
            assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
            Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, false);
            Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, true);

            agent.apply();
            agent.awaitGone();
            Awaitility.await("the agent's DELETE")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> strongSwan.sas().isEmpty());
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets)
                    .as("each packet is seen by two devices of the router")
                    .hasSizeGreaterThan(1000);
            assertThat(packets).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            strongSwan.forget();
        }
    }
}
