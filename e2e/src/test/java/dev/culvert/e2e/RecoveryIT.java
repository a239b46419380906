package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.CulvertAgent;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One side is killed, without a word to the other, and started again: traffic is back within three seconds of both being
 * there, many times in a row. Who finds out is in each case another: the side that was killed and begins anew with
 * INITIAL_CONTACT, or the survivor by the token of RFC 6290, since the other waits to be asked.
 */
@Tag("alone")
class RecoveryIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    /** It begins by itself: its userspace ESP has no traps, and it does not know RFC 6290. */
    @Test
    void strongSwanIsKilledAndStartsAgain() {
        int times = 20;
        SwanConfig config = SwanConfig.between(topology, right, left).startAction("start");
        try (StrongSwan strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"))) {
            strongSwan.load(config);
            try (CulvertAgent agent = CulvertAgent.start(
                    left.gateway(), directory.resolve("agent"), TunnelFile.between(topology, left, right))) {
                agent.awaitUp();
                for (int i = 1; i <= times; i++) {
                    strongSwan.kill();
                    strongSwan.restart();
                    strongSwan.load(config);
                    assertTrafficIsBack(right, left, i);
                }
                awaitOneSa(strongSwan);
            }
        }
    }

    @Test
    void theAgentIsKilledAndStartsAgain() {
        int times = 20;
        try (StrongSwan strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"))) {
            strongSwan.load(SwanConfig.between(topology, right, left));
            try (CulvertAgent agent = CulvertAgent.start(
                    left.gateway(), directory.resolve("agent"), TunnelFile.between(topology, left, right))) {
                agent.awaitUp();
                for (int i = 1; i <= times; i++) {
                    agent.kill();
                    agent.restart();
                    assertTrafficIsBack(left, right, i);
                }
                awaitOneSa(strongSwan);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 5", "false, 10"})
    void anAgentThatBeginsOrOnlyAnswersIsKilledAndStartsAgain(boolean initiatorDies, int times) {
        try (CulvertAgent responder = CulvertAgent.start(
                        right.gateway(),
                        directory.resolve("right"),
                        TunnelFile.between(topology, right, left).startAction("None"));
                CulvertAgent initiator = CulvertAgent.start(
                        left.gateway(), directory.resolve("left"), TunnelFile.between(topology, left, right))) {
            initiator.awaitUp();
            responder.awaitUp();
            CulvertAgent mortal = initiatorDies ? initiator : responder;
            for (int i = 1; i <= times; i++) {
                mortal.kill();
                mortal.restart();
                assertTrafficIsBack(left, right, i);
            }
            for (CulvertAgent agent : List.of(initiator, responder)) {
                Awaitility.await("one SA of each kind")
                        .untilAsserted(() -> assertThat(agent.saCount()).isEqualTo("1 IKE, 1 child"));
            }
        }
    }

    private static void assertTrafficIsBack(Topology.Side from, Topology.Side to, int time) {
        assertThat(Traffic.ping(from.host(), to.hostAddress(), 1))
                .as("an answer within 3 s, restart " + time)
                .isPositive();
    }

    private static void awaitOneSa(StrongSwan strongSwan) {
        Awaitility.await("one SA of each kind")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(strongSwan.count()).isEqualTo("1 IKE, 1 child"));
    }
}
