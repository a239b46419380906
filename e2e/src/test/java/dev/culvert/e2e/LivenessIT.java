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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** strongSwan dies and waits, when it is back, to be asked: what the agent does about it is what the tunnel says. */
@Tag("alone")
class LivenessIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @ParameterizedTest
    @ValueSource(strings = {"Restart", "Trap", "Clear"})
    void aDeadPeer(String action) {
        SwanConfig config = SwanConfig.between(topology, right, left);
        try (StrongSwan strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"))) {
            strongSwan.load(config);
            TunnelFile tunnel =
                    TunnelFile.between(topology, left, right).dpd("{delay: 1s, timeout: 3s, action: " + action + "}");
            try (CulvertAgent agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"), tunnel)) {
                agent.awaitUp();
                strongSwan.kill();
                agent.awaitCondition("Established", "False/", Duration.ofSeconds(15));
                strongSwan.restart();
                strongSwan.load(config);
                if (action.equals("Restart")) {
                    Awaitility.await("the tunnel, within 3 s of the peer being there")
                            .atMost(Duration.ofSeconds(3))
                            .until(agent::isUp);
                    return;
                }
                assertThat(agent.isUp()).isFalse();
                int answered = Traffic.ping(left.host(), right.hostAddress(), 1);
                assertThat(answered > 0).isEqualTo(action.equals("Trap"));
                assertThat(agent.isUp()).isEqualTo(action.equals("Trap"));
                if (action.equals("Clear")) {
                    assertThat(agent.command("initiate", TunnelFile.NAME).succeeded())
                            .isTrue();
                    assertThat(Traffic.ping(left.host(), right.hostAddress(), 1))
                            .isPositive();
                }
            }
        }
    }
}
