package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.DualStack;
import dev.culvert.e2e.lab.Netns;
import dev.culvert.e2e.lab.StrongSwan;
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
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Paths that carry less than the gateways' devices do: packets of every size get through or their senders hear how long
 * they may be, and nothing vanishes. Two agents run through all, in this order: what they learn of a path they know for
 * ten minutes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PathMtuIT {
    /** Bytes behind the ICMP header; the last one is in an IPv4 packet of 9,000. */
    private static final int[] SIZES = {1, 1150, 1250, 1350, 1472, 8972};

    private static final long TRANSFER_BYTES = 500_000;
    private static final int DATAGRAM_BYTES = 8972;

    /**
     * How packets go outside, and what fits: an IP header, perhaps UDP's, and ESP with AES-GCM take so many bytes of the
     * path's MTU, and what is left is cut to a multiple of four.
     */
    record Way(boolean outerV6, boolean udp, List<String> settings) {
        int innerMtu(int pathMtu) {
            int room = pathMtu - (outerV6 ? 40 : 20) - (udp ? 8 : 0) - 8 - 8 - 16;
            return room - room % 4 - 2;
        }
    }

    /** A way with the path's MTU while it is used. */
    record Step(Way way, int pathMtu) {}

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final DualStack six = DualStack.on(topology);
    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private CulvertAgent leftAgent;

    @AutoClose
    private CulvertAgent rightAgent;

    @BeforeAll
    void start() {
        leftAgent = CulvertAgent.start(left.gateway(), directory.resolve("left"));
        rightAgent = CulvertAgent.start(right.gateway(), directory.resolve("right"));
        // ends with its namespace
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
        assertThat(server.isAlive()).isTrue();
    }

    /** 1438 fit ESP in UDP over IPv4 and 1500. */
    @Test
    @Order(1)
    void theSegmentSizeOfAHandshakeIsLowered() {
        Way way = new Way(false, true, List.of());
        connect(way);
        assertThat(segmentSizes(right.hostAddress())).containsExactly(1398, 1398);
        assertThat(segmentSizes(six.hostAddress(right))).containsExactly(1378, 1378);

        leftAgent.apply(tunnel(left, right, way).spec("tcpMSSClamp: {mode: Fixed, value: 1000}"));
        Awaitility.await("the new setting")
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(
                        () -> assertThat(segmentSizes(right.hostAddress())).containsExactly(1000, 1000));
    }

    /** By default routers fragment the outer packets, and nobody needs to hear anything. */
    @ParameterizedTest(name = "in UDP: {0}")
    @ValueSource(booleans = {false, true})
    @Order(2)
    void withoutIcmpNothingIsLostByDefault(boolean udp) {
        connect(new Way(false, udp, List.of()));
        six.narrow(1280);
        six.silence(true);
        try {
            everythingArrives();
        } finally {
            six.silence(false);
        }
    }

    private static List<Step> steps(int outerVersion) {
        if (outerVersion == 6) {
            Way esp = new Way(true, false, List.of());
            Way udp = new Way(true, true, List.of());
            return List.of(
                    new Step(esp, 1500),
                    new Step(esp, 1400),
                    new Step(udp, 1400),
                    new Step(udp, 1280),
                    new Step(esp, 1280));
        }
        Way esp = new Way(false, false, List.of("dontFragment: Copy"));
        // without the clamp TCP depends on ICMP alone
        Way udp = new Way(false, true, List.of("dontFragment: Copy", "tcpMSSClamp: {mode: 'Off'}"));
        return List.of(
                new Step(esp, 1500),
                new Step(udp, 1500),
                new Step(udp, 1400),
                new Step(esp, 1400),
                new Step(esp, 1280),
                new Step(udp, 1280));
    }

    @ParameterizedTest(name = "over IPv{0}")
    @ValueSource(ints = {4, 6})
    @Order(3)
    void thePathsMtuIsLearntAndPassedOn(int outerVersion) {
        Way before = null;
        for (Step step : steps(outerVersion)) {
            Way way = step.way();
            if (!way.equals(before)) {
                connect(way);
            }
            before = way;
            six.narrow(step.pathMtu());
            everythingArrives();
            for (CulvertAgent agent : List.of(leftAgent, rightAgent)) {
                assertThat(agent.securityAssociations().at("/items/0/pathMTU").asInt())
                        .as("%s, learnt by an agent", step)
                        .isEqualTo(step.pathMtu());
            }
            int inner = way.innerMtu(step.pathMtu());
            assertThat(mtuTo(left.host(), right.hostAddress())).as("%s", step).isEqualTo(inner);
            assertThat(mtuTo(right.host(), left.hostAddress())).as("%s", step).isEqualTo(inner);
            int inner6 = Math.max(1280, inner);
            assertThat(mtuTo(left.host(), six.hostAddress(right)))
                    .as("%s", step)
                    .isEqualTo(inner6);
            assertThat(mtuTo(right.host(), six.hostAddress(left)))
                    .as("%s", step)
                    .isEqualTo(inner6);
        }
    }

    @Test
    @Order(4)
    void withStrongSwanToo() {
        rightAgent.terminate();
        leftAgent.terminate();
        six.narrow(1500);
        Way way = new Way(false, true, List.of());
        TunnelFile tunnel = TunnelFile.between(topology, left, right).spec("dontFragment: Copy");
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                CulvertAgent agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"))) {
            swan.load(SwanConfig.between(topology, right, left));
            agent.apply(tunnel);
            agent.awaitUp();
            for (int pathMtu : new int[] {1500, 1400, 1280}) {
                six.narrow(pathMtu);
                arrives(left.host(), right.hostAddress());
                arrives(right.host(), left.hostAddress());
                carriesStreams(right.hostAddress());
                assertThat(agent.securityAssociations().at("/items/0/pathMTU").asInt())
                        .isEqualTo(pathMtu);
                assertThat(mtuTo(left.host(), right.hostAddress())).isEqualTo(way.innerMtu(pathMtu));
            }
        }
    }

    /** What the SYNs behind the right gateway say, and what the SYN-ACKs behind the left one do. */
    private List<Integer> segmentSizes(String address) {
        try (Capture behindRight = Capture.start(right.host(), "lan", directory);
                Capture behindLeft = Capture.start(left.host(), "lan", directory)) {
            Traffic.transfer(left.host(), address, 1000, false);
            behindRight.stop();
            behindLeft.stop();
            return List.of(
                    segmentSize(behindRight, "> " + address + ".5201:"), segmentSize(behindLeft, address + ".5201 >"));
        }
    }

    private static int segmentSize(Capture capture, String with) {
        List<Integer> sizes = Commands.run("tcpdump", "-nr", capture.file().toString())
                .lines()
                .filter(line -> line.contains("Flags [S") && line.contains(with))
                .map(line -> Integer.parseInt(line.replaceAll(".*\\bmss (\\d+).*", "$1")))
                .distinct()
                .toList();
        assertThat(sizes).hasSize(1);
        return sizes.getFirst();
    }

    private void everythingArrives() {
        arrives(left.host(), right.hostAddress());
        arrives(right.host(), left.hostAddress());
        arrives(left.host(), six.hostAddress(right));
        arrives(right.host(), six.hostAddress(left));
        carriesStreams(right.hostAddress());
        carriesStreams(six.hostAddress(right));
    }

    private static void arrives(Netns from, String address) {
        for (int size : SIZES) {
            assertThat(Traffic.arrives(from, address, size))
                    .as("%d bytes to %s", size, address)
                    .isTrue();
        }
    }

    /** TCP and UDP, both ways. */
    private void carriesStreams(String address) {
        Netns from = left.host();
        assertThat(Traffic.transfer(from, address, TRANSFER_BYTES, false)).isPositive();
        assertThat(Traffic.transfer(from, address, TRANSFER_BYTES, true)).isPositive();
        // what is on its way while the kernels learn is lost
        for (boolean reversed : new boolean[] {false, true}) {
            assertThat(Traffic.datagrams(from, address, DATAGRAM_BYTES, 20, reversed))
                    .as("UDP of %d bytes %s %s", DATAGRAM_BYTES, reversed ? "from" : "to", address)
                    .isGreaterThan(0.5);
        }
    }

    /** Both agents know no other tunnel afterwards, and no path is narrow. */
    private void connect(Way way) {
        six.narrow(1500);
        leftAgent.apply();
        rightAgent.apply();
        leftAgent.awaitGone();
        rightAgent.awaitGone();
        rightAgent.apply(tunnel(right, left, way).startAction("None"));
        rightAgent.awaitCondition("Programmed", "True/", Duration.ofSeconds(15));
        leftAgent.apply(tunnel(left, right, way));
        leftAgent.awaitUp();
        rightAgent.awaitUp();
    }

    private TunnelFile tunnel(Topology.Side at, Topology.Side peer, Way way) {
        TunnelFile tunnel = TunnelFile.between(topology, at, peer)
                .encapsulation(way.udp() ? "Always" : "Never")
                .alsoJoining(six.network(at), six.network(peer));
        way.settings().forEach(tunnel::spec);
        if (way.outerV6()) {
            tunnel.remoteAddress("'" + six.outerAddress(peer) + "'");
        }
        return tunnel;
    }

    /** The longest packet that a host sends to an address, as its kernel has learnt. */
    private static int mtuTo(Netns host, String address) {
        String route = host.ip("route get " + address);
        return route.contains(" mtu ") ? Integer.parseInt(route.replaceAll("(?s).* mtu (\\d+).*", "$1")) : 1500;
    }
}
