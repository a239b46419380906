package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Libreswan;
import dev.culvert.e2e.lab.LibreswanConfig;
import dev.culvert.e2e.lab.LinuxVm;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP encapsulation (RFC 9329) with libreswan, whose Linux kernel carries ESP in TCP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibreswanTcpIT {
    /** Who opens the connection. */
    enum Initiator {
        AGENT,
        LIBRESWAN
    }

    /** The guest is slow, the more so on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int PORT = 4500;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private LinuxVm vm;

    private Libreswan libreswan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        Optional<Path> kernel = LinuxVm.kernelWithEspInTcp();
        assumeTrue(kernel.isPresent(), "no kernel that carries ESP in TCP: run e2e/espintcp-kernel.sh");
        vm = LinuxVm.start(right, directory.resolve("vm"), Libreswan.root(), kernel.orElseThrow());
        libreswan = Libreswan.startWithTcp(vm);
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    @ParameterizedTest(name = "{0} opens the connection")
    @EnumSource
    void carriesTrafficOverTcpAndNothingElse(Initiator initiator) {
        libreswan.load(LibreswanConfig.between(topology, right, left)
                .with("enable-tcp=yes")
                .with("tcp-remoteport=" + PORT));
        TunnelFile ours = TunnelFile.between(topology, left, right)
                .proposals("aes256gcm16-prfsha384-x25519", "aes256gcm16-x25519")
                .ike("tcpEncapsulation: Always");
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            if (initiator == Initiator.AGENT) {
                agent.apply(ours);
            } else {
                agent.apply(ours.startAction("None"));
                agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
                libreswan.initiate();
            }
            agent.awaitCondition("Established", "True/", PATIENCE);
            assertThat(agent.status().at("/ikeSA/transport").asText()).isEqualTo("TCP");
            pingBothWays();
            Traffic.transfer(left.host(), right.hostAddress(), 200_000, false);
            List<String> before = libreswan.childSas();
            agent.rekeyChild();
            Awaitility.await("another child SA")
                    .atMost(PATIENCE)
                    .until(() -> !libreswan.childSas().equals(before));
            pingBothWays();
            agent.apply();
            agent.awaitGone();
            Awaitility.await("the agent's DELETE")
                    .atMost(PATIENCE)
                    .until(() -> libreswan.ikeSas().isEmpty());
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(20).allMatch(packet -> packet.isTcp(PORT));
        } finally {
            agent.apply();
            libreswan.terminate();
        }
    }

    private void pingBothWays() {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
    }
}
