package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Topology.Side;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NAT before either gateway, before both, and before two gateways at once, with strongSwan as the peer. What a mapping
 * that changes does is in {@link MobilityIT}, every suite through a NAT in {@link StrongSwanInteropIT}.
 */
class NatMatrixIT {
    /** Less than two intervals of keepalives (20 s) and more than one. */
    private static final Duration NAT_MEMORY = Duration.ofSeconds(25);

    private static final int KEEPALIVE_LENGTH = 20 + 8 + 1;
    private static final int KEEPALIVES = 2;
    private static final String NO_LIVENESS_CHECK = "{delay: 0s, timeout: 0s}";
    private static final long TRANSFER_BYTES = 2_000_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Side left = topology.left();
    private final Side right = topology.right();

    @ParameterizedTest
    @EnumSource(Nat.class)
    void eachEndIsToldWhoIsBehindANat(Nat nat) {
        topology.nat(nat);
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                CulvertAgent agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"))) {
            swan.load(SwanConfig.between(topology, right, left));
            agent.apply(TunnelFile.between(topology, left, right));
            agent.awaitUp();
            boolean hidden = nat == Nat.LEFT || nat == Nat.BOTH;
            // libipsec always asks for UDP, by a hash that says that it is behind a NAT
            assertThat(agent.status().path("natDetected").asText()).isEqualTo(hidden ? "Both" : "Remote");
            assertThat(swan.log().contains("remote host is behind NAT")).isEqualTo(hidden);
        }
    }

    @ParameterizedTest(name = "the agent begins: {0}")
    @ValueSource(booleans = {true, false})
    void bothAreBehindANat(boolean agentBegins) {
        topology.nat(Nat.BOTH);
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                CulvertAgent agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
                Capture capture = Capture.start(topology.wan(), "any", directory)) {
            swan.load(SwanConfig.between(topology, right, left));
            TunnelFile tunnel = TunnelFile.between(topology, left, right);
            if (agentBegins) {
                agent.apply(tunnel);
            } else {
                agent.apply(tunnel.startAction("None"));
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(10));
                swan.initiate();
            }
            agent.awaitUp();
            assertThat(agent.status().path("natDetected").asText()).isEqualTo("Both");
            assertTrafficBothWays(left, right);
            assertOnlyIpsec(capture);
        }
    }

    @Test
    void twoAgentsAreBehindOneAddress() {
        Side third = topology.neighbour();
        topology.nat(Nat.LEFT);
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                CulvertAgent one = CulvertAgent.start(left.gateway(), directory.resolve("one"));
                CulvertAgent other = CulvertAgent.start(third.gateway(), directory.resolve("other"));
                Capture capture = Capture.start(topology.wan(), "any", directory)) {
            swan.load(SwanConfig.between(topology, right, left), SwanConfig.between(topology, right, third));
            one.apply(TunnelFile.between(topology, left, right));
            other.apply(TunnelFile.between(topology, third, right));
            one.awaitUp();
            other.awaitUp();
            assertTrafficBothWays(left, right);
            assertTrafficBothWays(third, right);
            one.rekeyIke();
            other.rekeyChild();
            assertTrafficBothWays(left, right);
            assertTrafficBothWays(third, right);
            assertOnlyIpsec(capture);
        }
    }

    @Test
    void twoStrongSwansAreBehindOneAddress() {
        Side third = topology.neighbour();
        topology.nat(Nat.LEFT);
        try (CulvertAgent agent = CulvertAgent.start(right.gateway(), directory.resolve("agent"));
                StrongSwan one = StrongSwan.start(left.gateway(), directory.resolve("one"));
                StrongSwan other = StrongSwan.start(third.gateway(), directory.resolve("other"));
                Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(
                    TunnelFile.between(topology, right, left).named("one").startAction("None"),
                    TunnelFile.between(topology, right, third).named("other").startAction("None"));
            one.load(SwanConfig.between(topology, left, right));
            other.load(SwanConfig.between(topology, third, right));
            Awaitility.await("both tunnels being programmed")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> agent.tunnels().size() == 2);
            one.initiate();
            other.initiate();
            Awaitility.await("both tunnels").atMost(Duration.ofSeconds(15)).until(() -> agent.upCount() == 2);
            assertTrafficBothWays(left, right);
            assertTrafficBothWays(third, right);
            one.rekeyIke();
            other.rekeyChild();
            assertTrafficBothWays(left, right);
            assertTrafficBothWays(third, right);
            assertOnlyIpsec(capture);
        }
    }

    /** Nothing is sent but keepalives for longer than the NAT remembers; then the peer's side begins to speak. */
    @Test
    void keepalivesKeepTheMapping() {
        topology.forgetAfter(NAT_MEMORY);
        topology.nat(Nat.LEFT);
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                CulvertAgent agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"))) {
            swan.load(SwanConfig.between(topology, right, left));
            agent.apply(TunnelFile.between(topology, left, right).dpd(NO_LIVENESS_CHECK));
            agent.awaitUp();
            assertTrafficBothWays(left, right);
            try (Capture capture = Capture.start(left.gateway(), "wan", directory)) {
                Awaitility.await("keepalives")
                        .atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> keepalives(capture.soFar()) >= KEEPALIVES);
                assertThat(capture.stop().stream().filter(p -> p.source().equals(left.outerAddress())))
                        .as("nothing else kept it")
                        .allMatch(p -> p.length() == KEEPALIVE_LENGTH);
            }
            assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
        }
    }

    private static long keepalives(List<Capture.Packet> packets) {
        return packets.stream()
                .filter(p -> p.destinationPort() == 4500 && p.length() == KEEPALIVE_LENGTH)
                .count();
    }

    private void assertTrafficBothWays(Side one, Side other) {
        assertThat(Traffic.ping(one.host(), other.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(other.host(), one.hostAddress(), 3)).isEqualTo(3);
        try (Background server = Traffic.iperfServer(other.host(), directory.resolve("iperf.log"))) {
            Traffic.transfer(one.host(), other.hostAddress(), TRANSFER_BYTES, false);
            Traffic.transfer(one.host(), other.hostAddress(), TRANSFER_BYTES, true);
            assertThat(server.isAlive()).isTrue();
        }
    }

    private static void assertOnlyIpsec(Capture capture) {
        List<Capture.Packet> packets = capture.stop();
        assertThat(packets).hasSizeGreaterThan(1000);
        assertThat(packets).allMatch(Capture.Packet::isIpsec);
    }
}
