package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Commands;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Netns;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two networks that are the same, 10.1.0.0/24 with the host 10.1.0.10 in each, and strongSwan before the other one, which
 * knows nothing of translation. To it our hosts are 10.101.0.0/24; to ours, its hosts are 10.102.0.0/24.
 */
class TranslationIT {
    private static final String PEERS_HOST = "10.102.0.10";
    private static final String OUR_HOST = "10.101.0.10";
    private static final String SHARED = "10.101.0.1";
    private static final String ONE_TO_ONE = "{side: Local, type: OneToOne, from: 10.1.0.0/24, to: 10.101.0.0/24}";
    private static final String MASQUERADE = "{side: Local, type: Masquerade, from: 10.1.0.0/24, to: 10.101.0.1/32}";
    private static final String PEER = "{side: Remote, type: OneToOne, from: 10.1.0.0/24, to: 10.102.0.0/24}";

    /** Sends UDP from port 5555 to a port that nobody listens at; the kernel tells if an ICMP error is about it. */
    private static final String KNOCK = """
            import socket, sys
            knock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            knock.bind(('', 5555))
            knock.connect((sys.argv[1], 9))
            knock.settimeout(2)
            for _ in range(5):
                try:
                    knock.send(b'anybody?')
                    knock.recv(1)
                except socket.timeout:
                    pass
                except ConnectionRefusedError:
                    print('refused')
                    break
            """;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.rightLikeLeft();

    @Test
    void equalNetworksAreJoined() {
        try (StrongSwan swan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
                Background ourServer = Traffic.iperfServer(left.host(), directory.resolve("iperf-left.log"));
                Background itsServer = Traffic.iperfServer(right.host(), directory.resolve("iperf-right.log"));
                Capture outside = Capture.start(topology.wan(), "any", directory)) {
            swan.load(SwanConfig.between(topology, right, left).selectors("10.1.0.0/24", "10.101.0.0/24"));
            try (CulvertAgent agent =
                    CulvertAgent.start(left.gateway(), directory.resolve("agent"), tunnel(ONE_TO_ONE))) {
                agent.awaitUp();
                assertThat(ourServer.isAlive() && itsServer.isAlive()).isTrue();
                oneToOne();

                // what is in the tunnel stays, so that the SAs do too
                agent.apply(tunnel(MASQUERADE));
                Awaitility.await("the other translation")
                        .atMost(Duration.ofSeconds(15))
                        .until(() -> agent.tunnels().toString().contains("Masquerade"));
                masqueraded(agent);

                agent.kill();
                assertThat(left.gateway().ip("route show proto 229")).contains("blackhole 10.102.0.0/24");
                assertThat(Traffic.pingInVain(left.host(), PEERS_HOST)).isZero();
            }
            assertThat(outside.stop()).hasSizeGreaterThan(1000).allMatch(Capture.Packet::isIpsec);
        }
    }

    private TunnelFile tunnel(String ofOurs) {
        return TunnelFile.between(topology, left, right)
                .selectors("10.101.0.0/24", "10.1.0.0/24")
                .translating(ofOurs, PEER);
    }

    private void oneToOne() {
        try (Capture inside = Capture.start(right.host(), "lan", directory)) {
            assertThat(Traffic.ping(left.host(), PEERS_HOST, 3)).isEqualTo(3);
            assertThat(Traffic.ping(right.host(), OUR_HOST, 3)).isEqualTo(3);
            carries(left.host(), PEERS_HOST);
            carries(right.host(), OUR_HOST);
            errorsArrive(left.host());
            assertThat(knock(right.host(), OUR_HOST)).contains("refused");
            seesOnly(inside.stop(), OUR_HOST);
        }
    }

    private void masqueraded(CulvertAgent agent) {
        try (Capture inside = Capture.start(right.host(), "lan", directory)) {
            for (Netns host : List.of(left.host(), left.gateway())) {
                assertThat(Traffic.ping(host, PEERS_HOST, 3)).isEqualTo(3);
                // the second one's port is another outside
                errorsArrive(host);
            }
            carries(left.host(), PEERS_HOST);
            assertThat(Traffic.pingInVain(right.host(), SHARED)).isZero();
            assertThat(agent.drops().toString()).contains("no-translation");
            seesOnly(inside.stop(), SHARED);
        }
    }

    private static void carries(Netns from, String address) {
        assertThat(Traffic.transfer(from, address, 1_000_000, false)).isPositive();
        assertThat(Traffic.transfer(from, address, 1_000_000, true)).isPositive();
        // in fragments
        assertThat(Traffic.arrives(from, address, 4000)).isTrue();
    }

    /** "Port unreachable" of the peer's host, and "time exceeded" of its gateway. */
    private static void errorsArrive(Netns from) {
        assertThat(knock(from, PEERS_HOST)).contains("refused");
        // a gateway's own packets make one hop less
        assertThat(List.of(1, 2))
                .anySatisfy(hops -> assertThat(from.attempt(
                                        Duration.ofSeconds(20),
                                        "ping",
                                        "-n",
                                        "-c",
                                        "3",
                                        "-W",
                                        "2",
                                        "-t",
                                        Integer.toString(hops),
                                        PEERS_HOST)
                                .out())
                        .contains("From 10.102.0.1 ")
                        .contains("Time to live exceeded"));
    }

    private static String knock(Netns from, String address) {
        Commands.Result result = from.attempt(Duration.ofSeconds(30), "python3", "-c", KNOCK, address);
        return result.all();
    }

    /**
     * Between the peer's host and one address there are packets, and no others but those of its own gateway that say that
     * something is too long, which are longer than what our gateway sends.
     */
    private void seesOnly(List<Capture.Packet> packets, String address) {
        assertThat(packets)
                .filteredOn(packet -> !(packet.source().equals(right.innerAddress()) && packet.length() > 500))
                .hasSizeGreaterThan(100)
                .allMatch(packet ->
                        Set.of(packet.source(), packet.destination()).equals(Set.of(address, right.hostAddress())));
    }
}
