package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two agents with each other, of which only the left one begins. */
class AgentPairIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource(Nat.class)
    void carriesTrafficBothWays(Nat nat) {
        try (Topology topology = new Topology()) {
            topology.nat(nat);
            Topology.Side left = topology.left();
            Topology.Side right = topology.right();
            try (Capture capture = Capture.start(topology.wan(), "any", directory);
                    Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
                    CulvertAgent responder = CulvertAgent.start(
                            right.gateway(),
                            directory.resolve("right"),
                            TunnelFile.between(topology, right, left).startAction("None"));
                    CulvertAgent initiator = CulvertAgent.start(
                            left.gateway(), directory.resolve("left"), TunnelFile.between(topology, left, right))) {
                initiator.awaitUp();
                responder.awaitUp();

                assertThat(server.isAlive()).isTrue();
                assertThat(Traffic.ping(left.host(), right.hostAddress(), 5)).isEqualTo(5);
                assertThat(Traffic.ping(right.host(), left.hostAddress(), 5)).isEqualTo(5);
                Traffic.transfer(left.host(), right.hostAddress(), 20_000_000, false);
                Traffic.transfer(left.host(), right.hostAddress(), 20_000_000, true);

                List<Capture.Packet> packets = capture.stop();
                assertThat(packets).hasSizeGreaterThan(1000).allMatch(Capture.Packet::isIpsec);
                assertThat(packets.stream().anyMatch(Capture.Packet::isEsp))
                        .as("ESP goes without UDP where there is no NAT")
                        .isEqualTo(nat == Nat.NONE);
            }
        }
    }
}
