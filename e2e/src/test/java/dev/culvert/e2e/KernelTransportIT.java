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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateways' own traffic in transport mode, with strongSwan on a Linux kernel's own ESP and AH. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelTransportIT {
    private static final String IKE = "aes256gcm16-prfsha384-x25519";
    private static final String LEFT_V6 = "fd00:1::2";
    private static final String RIGHT_V6 = "fd00:2::2";
    private static final int[] SIZES = {64, 1400, 4000};
    private static final long TRANSFER_BYTES = 300_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** What protects the packets between which addresses, and who begins. */
    record Case(boolean ah, boolean v6, boolean byPeer) {
        int protocol() {
            return ah ? 51 : 50;
        }

        @Override
        public String toString() {
            return (ah ? "AH" : "ESP") + " over IPv" + (v6 ? 6 : 4) + ", begun by the "
                    + (byPeer ? "kernel's side" : "agent");
        }
    }

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
        topology.wan().sysctl("net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.all.forwarding=1");
        gateway.sysctl("net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.default.disable_ipv6=0");
        topology.wan().ip("addr add fd00:1::1/64 dev left nodad");
        topology.wan().ip("addr add fd00:2::1/64 dev right nodad");
        gateway.ip("addr add " + LEFT_V6 + "/64 dev wan nodad");
        gateway.ip("route add default via fd00:1::1");
        vm = LinuxVm.start(right, directory.resolve("vm"));
        vm.run("""
                ip addr add %s/64 dev eth0 nodad
                ip route add default via fd00:2::1
                iperf3 -s -D --logfile /guest/iperf.log
                """.formatted(RIGHT_V6));
        peer = KernelSwan.start(vm);
        agent = CulvertAgent.start(gateway, directory.resolve("agent"));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(false, false, false),
                new Case(false, false, true),
                new Case(true, false, false),
                new Case(true, false, true),
                new Case(false, true, false),
                new Case(true, true, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void carriesTheGatewaysOwnPacketsBothWays(Case given) {
        String here = given.v6() ? LEFT_V6 : left.outerAddress();
        String there = given.v6() ? RIGHT_V6 : right.outerAddress();
        String rules = gateway.ip("rule") + gateway.ip("-6 rule");
        peer.load(swan(given, there, here));
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(tunnel(given, here, there).startAction(given.byPeer() ? "None" : "Start"));
            if (given.byPeer()) {
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(10));
                peer.initiate();
            }
            agent.awaitCondition("Established", "True/", PATIENCE);
            assertThat(vm.run("ip xfrm state")).contains("mode transport").doesNotContain("mode tunnel");
            exchange(here, there);
            Traffic.transfer(gateway, there, TRANSFER_BYTES, false);
            Traffic.transfer(gateway, there, TRANSFER_BYTES, true);
            agent.apply();
            agent.awaitGone();
            assertProtected(capture.stop(), given.protocol());
        } finally {
            agent.apply();
            peer.forget();
        }
        Awaitility.await("the rules to be as before")
                .atMost(PATIENCE)
                .until(() -> (gateway.ip("rule") + gateway.ip("-6 rule")).equals(rules));
    }

    @Test
    void survivesRekeyingByEitherSide() {
        Case given = new Case(false, false, false);
        try (Capture capture = up(given)) {
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
        Case given = new Case(false, false, false);
        try (Capture capture = up(given)) {
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

    private Capture up(Case given) {
        peer.load(swan(given, right.outerAddress(), left.outerAddress()));
        Capture capture = Capture.start(topology.wan(), "any", directory);
        agent.apply(tunnel(given, left.outerAddress(), right.outerAddress()));
        agent.awaitCondition("Established", "True/", PATIENCE);
        return capture;
    }

    private SwanConfig swan(Case given, String here, String there) {
        SwanConfig config = SwanConfig.between(topology, right, left).transport(here, there);
        return given.ah() ? config.proposals(IKE, "").ah("sha256") : config.proposals(IKE, "aes256gcm16");
    }

    private TunnelFile tunnel(Case given, String here, String there) {
        TunnelFile tunnel = TunnelFile.between(topology, left, right).transport(here, there);
        return given.ah() ? tunnel.proposals(IKE, "").ah("sha256") : tunnel.proposals(IKE, "aes256gcm16");
    }

    private void exchange(String here, String there) {
        for (int size : SIZES) {
            pingBothWays(here, there, size);
        }
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

    private static void assertProtected(List<Capture.Packet> packets, int protocol) {
        assertThat(packets).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
        assertThat(packets.stream().filter(p -> p.protocol() == protocol).count())
                .as("packets of protocol %d", protocol)
                .isGreaterThan(100);
    }

    /** The old SA may be there for a while. */
    private void awaitAnother(List<String> before) {
        Awaitility.await("an SA other than " + before)
                .atMost(PATIENCE)
                .until(() -> !before.containsAll(peer.childSpis()));
    }
}
