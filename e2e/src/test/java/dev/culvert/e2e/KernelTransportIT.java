package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.KernelSwan;
import dev.culvert.e2e.lab.LinuxVm;
import dev.culvert.e2e.lab.Netns;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateways' own traffic in transport mode, with strongSwan on a Linux kernel's own ESP: what rekeying, a crash and a NAT
 * do to it. Which packets it carries, with AH and over IPv6 too, is in {@link KernelIpsecIT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelTransportIT {
    private static final String IKE = "aes256gcm16-prfsha384-x25519";
    private static final long TRANSFER_BYTES = 300_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();
    private final Netns gateway = left.gateway();

    @AutoClose
    private LinuxVm vm;

    private KernelSwan peer;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        vm = LinuxVm.start(right, directory.resolve("vm"));
        vm.run("iperf3 -s -D --logfile /guest/iperf.log");
        peer = KernelSwan.start(vm);
        agent = CulvertAgent.start(gateway, directory.resolve("agent"));
    }

    @Test
    void survivesRekeyingByEitherSide() {
        try (Capture capture = up()) {
            List<String> first = peer.childSpis();
            peer.rekeyChild();
            awaitAnother(first);
            pingBothWays(left.outerAddress(), right.outerAddress(), 64);
            List<String> second = peer.childSpis();
            agent.rekeyChild();
            awaitAnother(second);
            pingBothWays(left.outerAddress(), right.outerAddress(), 64);
            assertThat(capture.stop()).hasSizeGreaterThan(10).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            peer.forget();
        }
    }

    @Test
    void line60_nothingGoesInTheClearWhileTheAgentIsDead() {
        try (Capture capture = up()) {
            pingBothWays(left.outerAddress(), right.outerAddress(), 64);
            agent.kill();
            assertThat(Traffic.pingInVain(gateway, right.outerAddress())).isZero();
            assertThat(gateway.attempt(
                                    Duration.ofSeconds(5),
                                    "bash",
                                    "-c",
                                    "echo x > /dev/tcp/" + right.outerAddress() + "/5201")
                            .succeeded())
                    .as("TCP while the agent is dead")
                    .isFalse();
            assertThat(pingFromGuest(left.outerAddress(), 64)).isFalse();
            agent.restart();
            agent.awaitCondition("Established", "True/", PATIENCE);
            pingBothWays(left.outerAddress(), right.outerAddress(), 64);
            assertThat(capture.stop()).hasSizeGreaterThan(10).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            peer.forget();
        }
    }

    /** RFC 7296 §2.23.1: each side has the left gateway's address as it sees it. */
    @Test
    void passesANatOfOneAddressToOne() {
        topology.ownPublicAddress(left);
        try (Capture capture = Capture.start(topology.wan(), "right", directory)) {
            peer.load(SwanConfig.between(topology, right, left).transport(right.outerAddress(), right.routerAddress()));
            agent.apply(TunnelFile.between(topology, left, right).transport(left.outerAddress(), right.outerAddress()));
            agent.awaitCondition("Established", "True/", PATIENCE);
            pingBothWays(right.routerAddress(), right.outerAddress(), 64);
            Traffic.transfer(gateway, right.outerAddress(), TRANSFER_BYTES, false);
            Traffic.transfer(gateway, right.outerAddress(), TRANSFER_BYTES, true);
            List<String> before = peer.childSpis();
            peer.rekeyChild();
            awaitAnother(before);
            before = peer.childSpis();
            agent.rekeyChild();
            awaitAnother(before);
            pingBothWays(right.routerAddress(), right.outerAddress(), 64);
            assertThat(capture.stop()).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            peer.forget();
            topology.nat(Topology.Nat.NONE);
        }
    }

    /** RFC 4301 §4.4.1.1, in transport mode. */
    @Test
    void aFilterHasItsPacketsProtectedAndTheOthersDropped() {
        peer.load(SwanConfig.between(topology, right, left)
                .transport(right.outerAddress(), left.outerAddress())
                .selectors(right.outerAddress() + "[tcp/5201]", left.outerAddress() + "[tcp]"));
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(TunnelFile.between(topology, left, right)
                    .transport(left.outerAddress(), right.outerAddress())
                    .child("trafficFilter: {protocol: tcp, remotePorts: 5201}"));
            agent.awaitCondition("Established", "True/", PATIENCE);
            Traffic.transfer(gateway, right.outerAddress(), TRANSFER_BYTES, false);
            Traffic.transfer(gateway, right.outerAddress(), TRANSFER_BYTES, true);
            assertThat(Traffic.pingInVain(gateway, right.outerAddress())).isZero();
            assertThat(agent.drops())
                    .containsKey("culvert_packets_dropped_total{direction=\"out\",reason=\"no-policy\"}");
            assertThat(capture.stop()).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            peer.forget();
        }
    }

    private Capture up() {
        String here = left.outerAddress();
        String there = right.outerAddress();
        peer.load(
                SwanConfig.between(topology, right, left).transport(there, here).proposals(IKE, "aes256gcm16"));
        Capture capture = Capture.start(topology.wan(), "any", directory);
        agent.apply(
                TunnelFile.between(topology, left, right).transport(here, there).proposals(IKE, "aes256gcm16"));
        agent.awaitCondition("Established", "True/", PATIENCE);
        return capture;
    }

    /** @param here our gateway as the peer sees it */
    private void pingBothWays(String here, String there, int size) {
        assertThat(Traffic.pingOf(gateway, there, size))
                .as("%d bytes to the kernel", size)
                .isEqualTo(2);
        assertThat(pingFromGuest(here, size))
                .as("%d bytes from the kernel", size)
                .isTrue();
    }

    private boolean pingFromGuest(String address, int size) {
        return vm.attempt(Duration.ofSeconds(20), "ping -n -q -c 2 -i 0.2 -w 5 -s " + size + " " + address)
                .succeeded();
    }

    /** The old SA may be there for a while. */
    private void awaitAnother(List<String> before) {
        Awaitility.await("an SA other than " + before)
                .atMost(PATIENCE)
                .until(() -> !before.containsAll(peer.childSpis()));
    }
}
