package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What of the traffic between two networks is protected, and what becomes of the rest; with strongSwan. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoliciesIT {
    private static final long TRANSFER_BYTES = 300_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

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
        // in the clear the networks do reach each other, so that a leak would arrive and be answered
        topology.wan().ip("route add " + left.network() + " via " + left.outerAddress());
        topology.wan().ip("route add " + right.network() + " via " + right.outerAddress());
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
        // ends with its namespace
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
        assertThat(server.isAlive()).isTrue();
    }

    @AfterEach
    void forget() {
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }

    private TunnelFile tunnel() {
        return TunnelFile.between(topology, left, right);
    }

    private SwanConfig ofIperfAlone() {
        return SwanConfig.between(topology, right, left)
                .selectors(right.network() + "[tcp/5201]", left.network() + "[tcp]");
    }

    /** RFC 4301 §4.4.1.1: a first packet that the selectors do not hold sets nothing up, and goes nowhere. */
    @Test
    void aFilterHasItsPacketsProtectedAndTheOthersDropped() {
        strongSwan.load(ofIperfAlone());
        TunnelFile filtered = tunnel().child("trafficFilter: {protocol: tcp, remotePorts: 5201}");
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(filtered.startAction("Trap"));
            agent.awaitCondition("Programmed", "True/", PATIENCE);
            double before = dropped("out", "no-policy");
            assertThat(Traffic.pingInVain(left.host(), right.hostAddress())).isZero();
            assertThat(dropped("out", "no-policy")).isGreaterThan(before);
            assertThat(agent.isUp()).isFalse();
            Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, false);
            agent.awaitUp();
            assertOnlyIperf();

            agent.apply(filtered.startAction("None"));
            agent.awaitCondition("Programmed", "True/", PATIENCE);
            strongSwan.terminate();
            strongSwan.initiate();
            agent.awaitUp();
            assertOnlyIperf();
            assertThat(capture.stop()).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
        }
    }

    /** Policies come before the children, the first of them first. */
    @Test
    void whatAPolicyLetsPastGoesInTheClearAndWhatItDiscardsNowhere() {
        strongSwan.load(SwanConfig.between(topology, right, left));
        // What strongSwan does not protect either, else answers would come through the tunnel.
        right.gateway().ip("rule add pref 100 ipproto tcp sport 5200-5209 lookup main");
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(tunnel().spec("policies:")
                    .spec("- {name: never, action: Discard, trafficFilter: {protocol: tcp, remotePorts: 5202}}")
                    .spec("- {name: open, action: Bypass, trafficFilter: {protocol: tcp, remotePorts: 5200-5209}}"));
            agent.awaitUp();
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
            Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, false);
            Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, true);
            assertThat(connects(5202)).isFalse();
            assertThat(dropped("out", "discard-policy")).isPositive();
            assertThat(dropped("in", "cleartext")).as("what a policy lets in").isZero();
            assertThat(capture.stop())
                    .anyMatch(
                            packet -> packet.isTcp(5201) && packet.destination().equals(right.hostAddress()))
                    .anyMatch(packet -> packet.isTcp(5201) && packet.source().equals(right.hostAddress()))
                    .allMatch(packet -> packet.isTcp(5201) || packet.isIpsec());
        } finally {
            right.gateway().ip("rule del pref 100");
        }
    }

    private boolean connects(int port) {
        return left.host()
                .attempt(
                        Duration.ofSeconds(10),
                        "timeout",
                        "2",
                        "bash",
                        "-c",
                        "echo x > /dev/tcp/" + right.hostAddress() + "/" + port)
                .succeeded();
    }

    /** RFC 4301 §5.2: as good as from the other side, but in the clear. */
    @Test
    void nobodyComesInWithAnInnerAddressFromOutside() {
        topology.wan().ip("addr add 10.2.0.99/32 dev lo");
        assertThat(spoofed()).as("the lab forwards it").isEqualTo(1);
        strongSwan.load(SwanConfig.between(topology, right, left));
        agent.apply(tunnel());
        agent.awaitUp();
        double before = dropped("in", "cleartext");
        try (Capture capture = Capture.start(left.host(), "lan", directory)) {
            assertThat(spoofed()).isZero();
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
            assertThat(capture.stop())
                    .isNotEmpty()
                    .noneMatch(packet -> packet.source().equals("10.2.0.99"));
        }
        Awaitility.await("the refused packet to be counted")
                .atMost(PATIENCE)
                .until(() -> dropped("in", "cleartext") > before);
        assertThat(agent.command("status", "--spd").out())
                .contains("Protect", "10.1.0.0/24", "10.2.0.0/24")
                .containsPattern("came in the clear: [1-9]");
        assertThat(left.gateway().run("curl", "-sSf", "http://127.0.0.1:9180/debug/spd"))
                .contains("\"default/branch\" : ");
        assertThat(left.gateway().run("curl", "-sSf", "http://127.0.0.1:9180/debug/sadb"))
                .contains("\"spi\"");
        agent.kill();
        assertThat(spoofed()).as("the agent is dead").isZero();
        agent.restart();
        agent.awaitUp();
        agent.apply();
        agent.awaitGone();
        Awaitility.await("the filter to go with the tunnel").atMost(PATIENCE).until(() -> spoofed() == 1);
    }

    private int spoofed() {
        Commands.Result result = topology.wan()
                .attempt(
                        Duration.ofSeconds(10),
                        "ping",
                        "-n",
                        "-q",
                        "-c",
                        "1",
                        "-W",
                        "1",
                        "-I",
                        "10.2.0.99",
                        left.hostAddress());
        return result.succeeded() ? 1 : 0;
    }

    /** Its IKE and ESP go past the tunnel, and nothing else does. */
    @Test
    void aPeerInsideItsOwnNetworkIsReachedThroughTheTunnel() {
        String network = "203.0.113.0/24";
        strongSwan.load(SwanConfig.between(topology, right, left).selectors(network, left.network()));
        try (Capture capture = Capture.start(topology.wan(), "left", directory)) {
            agent.apply(tunnel().selectors(left.network(), network));
            agent.awaitUp();
            assertThat(Traffic.ping(left.gateway(), right.outerAddress(), 3)).isEqualTo(3);
            agent.rekeyChild();
            assertThat(Traffic.ping(left.gateway(), right.outerAddress(), 3)).isEqualTo(3);
            assertThat(capture.stop()).hasSizeGreaterThan(10).allMatch(Capture.Packet::isIpsec);
        }
    }

    private void assertOnlyIperf() {
        assertThat(strongSwan.sas()).contains("10.1.0.0/24[tcp]", "10.2.0.0/24[tcp/5201]");
        Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, false);
        Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, true);
        double before = dropped("out", "no-policy");
        assertThat(Traffic.pingInVain(left.host(), right.hostAddress())).isZero();
        Awaitility.await("the dropped pings to be counted")
                .atMost(PATIENCE)
                .until(() -> dropped("out", "no-policy") > before);
    }

    private double dropped(String direction, String reason) {
        String name = "culvert_packets_dropped_total{direction=\"" + direction + "\",reason=\"" + reason + "\"}";
        return agent.metrics(name).getOrDefault(name, 0.0);
    }
}
