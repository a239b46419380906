package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.KernelSwan;
import dev.culvert.e2e.lab.LinuxVm;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The stand-alone agent with strongSwan on a Linux kernel's own ESP, in a virtual machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinuxKernelIT {
    /** Who sends the first message. */
    enum Initiator {
        AGENT,
        PEER
    }

    /** The guest is slow, the more so on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private LinuxVm vm;

    private KernelSwan peer;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        vm = LinuxVm.start(right, directory.resolve("vm"));
        peer = KernelSwan.start(vm);
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    @ParameterizedTest(name = "{0} initiates")
    @EnumSource
    void carriesTrafficBothWaysAcrossRekeys(Initiator initiator) {
        establish(initiator, new Suite("aes256gcm16-prfsha384-x25519", "aes256gcm16"), () -> {
            List<String> children = peer.childSpis();
            peer.rekeyChild();
            awaitOneOther(children, peer::childSpis);
            pingBothWays();
            List<String> ikeSas = peer.ikeSpis();
            peer.rekeyIke();
            awaitOneOther(ikeSas, peer::ikeSpis);
            pingBothWays();
        });
    }

    /** The kernel tells strongSwan that an SA has carried so much, which then rekeys it. */
    @ParameterizedTest
    @CsvSource({"bytes, 100000", "packets, 100"})
    void whatRunsOutAtThePeerIsRekeyedWithoutALoss(String unit, int limit) {
        Suite suite = new Suite("aes256gcm16-prfsha384-x25519", "aes256gcm16");
        SwanConfig config = SwanConfig.between(topology, right, left)
                .withChild("rekey_time = 0s")
                .withChild("rekey_" + unit + " = " + limit)
                .withChild("rand_" + unit + " = 0")
                // far away, for the guest may take a second to rekey
                .withChild("life_" + unit + " = " + 100 * limit);
        establish(Initiator.PEER, suite, config, () -> {
            Map<String, Double> drops = agent.drops();
            Set<String> seen = new HashSet<>();
            try (Background ping =
                    Traffic.pinging(left.host(), right.hostAddress(), 10, 900, directory.resolve(unit + ".log"))) {
                Awaitility.await("three rekeyings").atMost(PATIENCE).until(() -> {
                    seen.add(agent.status()
                            .path("childSAs")
                            .path(0)
                            .path("spiIn")
                            .asText());
                    return seen.size() > 3;
                });
                Traffic.Lost lost = Traffic.stop(ping);
                assertThat(agent.drops()).as("since, no more than").isEqualTo(drops);
                assertThat(lost.unanswered()).as("of " + lost.sent()).isLessThanOrEqualTo(lost.sent() / 100);
            }
            Awaitility.await("one child")
                    .atMost(PATIENCE)
                    .until(() -> peer.childSpis().size() == 1);
        });
    }

    static Stream<Arguments> algorithms() {
        return Suite.kernelOnly().stream()
                .flatMap(suite -> Stream.of(Initiator.values()).map(initiator -> Arguments.of(initiator, suite)));
    }

    @ParameterizedTest(name = "{0} initiates, {1}")
    @MethodSource("algorithms")
    void carriesTrafficWithWhatOnlyTheKernelHas(Initiator initiator, Suite suite) {
        establish(
                initiator,
                suite,
                () -> assertThat(peer.kernelStates())
                        .containsPattern(
                                suite.esp().contains("gmac")
                                        ? "rfc4543\\(gcm\\(aes\\)\\)"
                                        : "hmac\\(sha256\\) .* 96\n"));
    }

    private void establish(Initiator initiator, Suite suite, Runnable then) {
        establish(initiator, suite, SwanConfig.between(topology, right, left), then);
    }

    /** Sets the tunnel up, pings through it, does something with it, and takes it down. */
    private void establish(Initiator initiator, Suite suite, SwanConfig config, Runnable then) {
        peer.load(config.proposals(suite.ike(), suite.esp()));
        TunnelFile tunnel = TunnelFile.between(topology, left, right).proposals(suite.ike(), suite.esp());
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            if (initiator == Initiator.AGENT) {
                agent.apply(tunnel);
            } else {
                agent.apply(tunnel.startAction("None"));
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
                peer.initiate();
            }
            agent.awaitCondition("Established", "True/", PATIENCE);
            assertThat(peer.isUp()).as(peer.sas()).isTrue();
            pingBothWays();
            then.run();
            agent.apply();
            agent.awaitGone();
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(20).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            peer.forget();
        }
    }

    private static void awaitOneOther(List<String> before, Supplier<List<String>> spis) {
        Awaitility.await("one SA other than " + before).atMost(PATIENCE).until(() -> {
            List<String> now = spis.get();
            return now.size() == 1 && !now.equals(before);
        });
    }

    private void pingBothWays() {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
    }
}
