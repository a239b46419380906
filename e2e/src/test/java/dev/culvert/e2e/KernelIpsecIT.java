package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.DualStack;
import dev.culvert.e2e.lab.Echo;
import dev.culvert.e2e.lab.KernelSwan;
import dev.culvert.e2e.lab.LinuxVm;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * ESP and AH in tunnel and transport mode, native and in UDP, with and without extended sequence numbers, over IPv4 and
 * IPv6, against a Linux kernel's own, under IKE: all at a time, each at an outer address of the kernel's by which its packets
 * are known, and a third of them begun by the kernel's side. Every tunnel carries both IPv4 and IPv6.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelIpsecIT {
    private static final String IKE = "aes256gcm16-prfsha384-x25519";
    private static final int[] SIZES = {1, 64, 1400, 1500, 4000};
    private static final int STREAM_BYTES = 100_000;
    private static final int PINGS_AT_A_TIME = 6;
    private static final int UDP = 17;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What protects the packets: protocol number on the wire, 17 for ESP in UDP. */
    private record Kind(String proposal, boolean ah, boolean transport, String encapsulation, int protocol) {}

    /** One tunnel; the first has number 1. */
    private record Case(int number, Kind kind, boolean v6) {
        boolean begunByPeer() {
            return number % 3 == 0;
        }

        String address(String v4Network, String v6Network) {
            return v6 ? v6Network + "1:" + number : v4Network + (100 + number);
        }

        @Override
        public String toString() {
            return (kind.ah() ? "AH " : "ESP ") + kind.proposal() + " in " + (kind.transport() ? "transport" : "tunnel")
                    + " mode, encapsulation " + kind.encapsulation() + ", over IPv" + (v6 ? 6 : 4);
        }
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final DualStack six = DualStack.on(topology);
    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();
    private final List<Case> cases = cases();

    @AutoClose
    private LinuxVm vm;

    private KernelSwan peer;

    @AutoClose
    private CulvertAgent agent;

    private static List<Case> cases() {
        List<Kind> kinds = List.of(
                new Kind("aes256gcm16", false, false, "Auto", 50),
                new Kind("aes256gcm16-esn", false, false, "Auto", 50),
                // without room for UDP a packet of 1428 bytes still fits: it makes one of exactly 1500
                new Kind("aes128-sha256-esn", false, false, "Never", 50),
                new Kind("aes256gcm16-esn", false, false, "Always", UDP),
                new Kind("aes128-sha256", false, false, "Always", UDP),
                new Kind("sha256", true, false, "Auto", 51),
                new Kind("sha512-esn", true, false, "Auto", 51),
                new Kind("aes256gcm16-esn", false, true, "Auto", 50),
                new Kind("aes128-sha256", false, true, "Always", UDP),
                new Kind("sha256-esn", true, true, "Auto", 51),
                new Kind("sha256", true, true, "Never", 51));
        List<Case> cases = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            kinds.forEach(kind -> cases.add(new Case(cases.size() + 1, kind, v6)));
        }
        return cases;
    }

    @BeforeAll
    void start() {
        vm = LinuxVm.start(right, directory.resolve("vm"));
        StringBuilder addresses = new StringBuilder();
        for (Case given : cases) {
            addresses.append("ip addr add %s/%d dev eth0 %s\n"
                    .formatted(outer(given), given.v6() ? 64 : 24, given.v6() ? "nodad" : ""));
        }
        vm.run("""
                sysctl -qw net.ipv6.conf.all.forwarding=1
                ip addr add %s/64 dev eth0 nodad
                ip -6 route add default via 2001:db8:2::1
                ip addr add fd00:2::1/64 dev eth1 nodad
                %s""".formatted(six.outerAddress(right), addresses));
        for (Case given : cases) {
            if (!given.kind().transport()) {
                left.host().ip("addr add " + inner(left, given, false) + "/24 dev lan");
                right.host().ip("addr add " + inner(right, given, false) + "/24 dev lan");
                left.host().ip("addr add " + inner(left, given, true) + "/64 dev lan nodad");
                right.host().ip("addr add " + inner(right, given, true) + "/64 dev lan nodad");
            }
        }
        Echo.serve(vm);
        // end with their namespaces
        for (Background server : List.of(
                Echo.serve(left.host(), directory.resolve("left-echo.log")),
                Echo.serve(right.host(), directory.resolve("right-echo.log")),
                Echo.serve(left.gateway(), directory.resolve("gateway-echo.log")))) {
            assertThat(server.isAlive()).isTrue();
        }
        peer = KernelSwan.start(vm);
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    @Test
    void packetsOfEverySizeAndStreamsPassBothWays() {
        String rules = rules();
        peer.load(swan(cases.getFirst()), cases.stream().skip(1).map(this::swan).toArray(SwanConfig[]::new));
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            agent.apply(cases.stream().map(this::tunnel).toArray(TunnelFile[]::new));
            Awaitility.await("all being programmed")
                    .atMost(PATIENCE)
                    .until(() -> agent.countOf("Programmed") == cases.size());
            peer.initiateAll(
                    cases.stream().filter(Case::begunByPeer).map(Case::number).toList());
            Awaitility.await("all being up").atMost(PATIENCE).until(() -> agent.upCount() == cases.size());

            assertThat(pingBothWays()).as("pings without an answer").isEmpty();
            List<Echo.Ends> there = connections().toList();
            List<Echo.Ends> back = there.stream().map(Echo.Ends::reversed).toList();
            assertThat(Echo.through(left.host(), there, STREAM_BYTES))
                    .as("to hosts")
                    .isEmpty();
            assertThat(Echo.through(right.host(), back, STREAM_BYTES))
                    .as("from hosts")
                    .isEmpty();
            there = ownConnections().toList();
            back = there.stream().map(Echo.Ends::reversed).toList();
            assertThat(Echo.through(left.gateway(), there, STREAM_BYTES))
                    .as("to the kernel")
                    .isEmpty();
            assertThat(Echo.through(vm, back, STREAM_BYTES))
                    .as("from the kernel")
                    .isEmpty();

            agent.apply();
            agent.awaitGone();
            assertProtected(capture.stop());
        }
        Awaitility.await("the rules to be as before").atMost(PATIENCE).until(() -> rules().equals(rules));
    }

    private String rules() {
        return left.gateway().ip("rule") + left.gateway().ip("-6 rule");
    }

    /** Of each size in each direction, of IPv4 and IPv6 in every tunnel. */
    private List<String> pingBothWays() {
        ConcurrentLinkedQueue<String> unanswered = new ConcurrentLinkedQueue<>();
        try (ExecutorService some = Executors.newFixedThreadPool(PINGS_AT_A_TIME)) {
            for (Case given : cases) {
                for (int size : SIZES) {
                    if (given.kind().transport()) {
                        some.execute(() -> check(
                                Traffic.arrives(left.gateway(), outer(given), size),
                                size + " bytes, " + given,
                                unanswered));
                        continue;
                    }
                    for (boolean v6 : new boolean[] {false, true}) {
                        String one = inner(left, given, v6);
                        String other = inner(right, given, v6);
                        String what = size + " bytes of IPv" + (v6 ? 6 : 4);
                        some.execute(() -> check(
                                Traffic.arrives(left.host(), one, other, size), what + " to, " + given, unanswered));
                        some.execute(() -> check(
                                Traffic.arrives(right.host(), other, one, size), what + " from, " + given, unanswered));
                    }
                }
            }
        }
        StringBuilder script = new StringBuilder();
        for (Echo.Ends ends : ownConnections().toList()) {
            for (int size : SIZES) {
                script.append("ping -n -q -c 1 -w 5 -s %d -I %s %s > /dev/null || echo '%d bytes from %s'\n"
                        .formatted(size, ends.destination(), ends.source(), size, ends.destination()));
            }
        }
        vm.run(script.toString()).lines().forEach(unanswered::add);
        return List.copyOf(unanswered);
    }

    private static void check(boolean answered, String what, ConcurrentLinkedQueue<String> unanswered) {
        if (!answered) {
            unanswered.add(what);
        }
    }

    /** Of hosts through each tunnel, by IPv4 and IPv6. */
    private Stream<Echo.Ends> connections() {
        return cases.stream()
                .filter(given -> !given.kind().transport())
                .flatMap(given -> Stream.of(false, true)
                        .map(v6 -> new Echo.Ends(inner(left, given, v6), inner(right, given, v6))));
    }

    /** Of the gateways themselves. */
    private Stream<Echo.Ends> ownConnections() {
        return cases.stream()
                .filter(given -> given.kind().transport())
                .map(given -> new Echo.Ends(ours(given), outer(given)));
    }

    private void assertProtected(List<Capture.Packet> packets) {
        // the kernel fragments what is too long with ESP and UDP: then only the first has ports
        assertThat(packets).allMatch(p -> p.isIpsec() || isLaterFragment(p));
        for (Case given : cases) {
            String address = canonical(outer(given));
            List<Capture.Packet> of = packets.stream()
                    .filter(p -> p.source().equals(address) || p.destination().equals(address))
                    .toList();
            int protocol = given.kind().protocol();
            assertThat(of).as("%s", given).allMatch(p -> p.protocol() == protocol || p.isUdp());
            assertThat(of.stream().filter(p -> p.protocol() == protocol).count())
                    .as("packets of protocol %d, %s", protocol, given)
                    .isGreaterThan(200);
        }
    }

    /** Of a UDP datagram between the gateways. */
    private boolean isLaterFragment(Capture.Packet packet) {
        List<String> gateways = Stream.concat(
                        Stream.of(left.outerAddress(), six.outerAddress(left)),
                        cases.stream().map(KernelIpsecIT::outer))
                .map(KernelIpsecIT::canonical)
                .toList();
        return packet.isUdp()
                && packet.sourcePort() == 0
                && gateways.contains(packet.source())
                && gateways.contains(packet.destination());
    }

    private static String canonical(String address) {
        try {
            return InetAddress.getByName(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The gateway's own address. */
    private String ours(Case given) {
        return given.v6() ? six.outerAddress(left) : left.outerAddress();
    }

    /** The kernel's address. */
    private static String outer(Case given) {
        return given.address("203.0.113.", "2001:db8:2::");
    }

    private String inner(Topology.Side side, Case given, boolean v6) {
        int network = side.equals(left) ? 1 : 2;
        return v6 ? "fd00:" + network + "::1:" + given.number() : "10." + network + ".0." + (100 + given.number());
    }

    private SwanConfig swan(Case given) {
        SwanConfig config = new SwanConfig(
                outer(given),
                ours(given),
                identity(right, given),
                identity(left, given),
                inner(right, given, false),
                inner(left, given, false));
        Kind kind = given.kind();
        if (kind.ah()) {
            config.proposals(IKE, "").ah(kind.proposal());
        } else {
            config.proposals(IKE, kind.proposal());
        }
        return kind.transport()
                ? config.transport(outer(given), ours(given))
                : config.alsoJoining(inner(right, given, true), inner(left, given, true));
    }

    private TunnelFile tunnel(Case given) {
        TunnelFile tunnel = new TunnelFile(
                        "'" + outer(given) + "'",
                        identity(left, given),
                        identity(right, given),
                        inner(left, given, false) + "/32",
                        inner(right, given, false) + "/32")
                .named("branch" + given.number())
                .encapsulation(given.kind().encapsulation())
                .startAction(given.begunByPeer() ? "None" : "Start");
        Kind kind = given.kind();
        if (kind.ah()) {
            tunnel.proposals(IKE, "").ah(kind.proposal());
        } else {
            tunnel.proposals(IKE, kind.proposal());
        }
        return kind.transport()
                ? tunnel.transport(ours(given), outer(given))
                : tunnel.alsoJoining(inner(left, given, true) + "/128", inner(right, given, true) + "/128");
    }

    private static String identity(Topology.Side side, Case given) {
        return side.name() + given.number() + ".example";
    }
}
