package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lab itself: two strongSwans, so that a failure elsewhere is known not to be the lab's. */
class PeersIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource(Nat.class)
    void twoStrongSwansReachEachOther(Nat nat) {
        try (Topology topology = new Topology()) {
            topology.nat(nat);
            Topology.Side left = topology.left();
            Topology.Side right = topology.right();
            try (StrongSwan one = StrongSwan.start(left.gateway(), directory.resolve("left"));
                    StrongSwan other = StrongSwan.start(right.gateway(), directory.resolve("right"));
                    Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
                    Capture capture = Capture.start(topology.wan(), "any", directory)) {
                one.load(SwanConfig.between(topology, left, right));
                other.load(SwanConfig.between(topology, right, left));
                other.initiate();
                assertThat(one.isUp()).isTrue();
                assertThat(Traffic.ping(left.host(), right.hostAddress(), 2)).isEqualTo(2);
                assertThat(Traffic.ping(right.host(), left.hostAddress(), 2)).isEqualTo(2);
                assertThat(Traffic.transfer(left.host(), right.hostAddress(), 1_000_000, false))
                        .isPositive();
                assertThat(server.isAlive()).isTrue();
                other.terminate();
                assertThat(one.sas()).isEmpty();
                List<Capture.Packet> packets = capture.stop();
                assertThat(packets).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
            }
        }
    }
}
