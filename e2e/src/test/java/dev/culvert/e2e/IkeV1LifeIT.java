package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Topology.Nat;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IKEv1 with strongSwan over time: NAT before either side, rekeyings of both phases under a ping, a peer that dies and
 * comes back. What is negotiated is in {@link IkeV1AlgorithmsIT}.
 */
class IkeV1LifeIT {
    private static final Duration SHOWN = Duration.ofSeconds(30);
    private static final String IKE = "aes256-sha256-modp2048";
    private static final String ESP = "aes256gcm16-modp2048";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeEach
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    private SwanConfig peer(boolean aggressive) {
        return SwanConfig.between(topology, right, left).ikeV1(aggressive).proposals(IKE, ESP);
    }

    private TunnelFile tunnel(boolean aggressive) {
        return TunnelFile.between(topology, left, right)
                .ikeV1(aggressive ? "Aggressive" : "Main")
                .proposals(IKE, ESP);
    }

    private String spis() {
        return agent.status().path("ikeSA").path("spis").toString();
    }

    private void awaitUp() {
        agent.awaitUp();
        Awaitility.await("strongSwan's child").atMost(SHOWN).until(strongSwan::isUp);
    }

    @ParameterizedTest
    @EnumSource(Nat.class)
    void behindNats(Nat nat) {
        topology.nat(nat);
        for (boolean aggressive : new boolean[] {false, true}) {
            strongSwan.load(peer(aggressive));
            agent.apply(tunnel(aggressive));
            awaitUp();
            boolean hidden = nat == Nat.LEFT || nat == Nat.BOTH;
            // libipsec always asks for UDP, by a hash that says that it is behind a NAT
            assertThat(agent.status().path("natDetected").asText()).isEqualTo(hidden ? "Both" : "Remote");
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
            assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
            agent.apply();
            agent.awaitGone();
            strongSwan.forget();
        }
    }

    @ParameterizedTest(name = "aggressive mode: {0}")
    @ValueSource(booleans = {false, true})
    void rekeyingsOfBothPhasesLoseNoPacket(boolean aggressive) {
        strongSwan.load(peer(aggressive));
        agent.apply(tunnel(aggressive));
        awaitUp();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1)).isEqualTo(1);
        try (Background pinging = Traffic.pinging(left.host(), right.hostAddress(), 5, directory.resolve("ping.log"));
                Capture capture = Capture.start(topology.wan(), "any", directory)) {
            for (Runnable rekey : List.<Runnable>of(agent::rekeyIke, strongSwan::rekeyIke)) {
                String before = spis();
                rekey.run();
                Awaitility.await("another ISAKMP SA").atMost(SHOWN).until(() -> agent.isUp() && !spis().equals(before));
            }
            agent.rekeyChild();
            strongSwan.rekeyChild();
            // The SA that was replaced is deleted after a while: the pairs must not go with it.
            Awaitility.await("one ISAKMP SA and one pair on both sides")
                    .atMost(SHOWN)
                    .until(() -> strongSwan.count().equals("1 IKE, 1 child") && agent.isUp());
            Traffic.Lost lost = Traffic.stop(pinging);
            assertThat(lost.sent()).isPositive();
            assertThat(lost.unanswered()).as(strongSwan::log).isZero();
            assertThat(capture.stop()).allMatch(Capture.Packet::isIpsec);
        }
    }

    /** R-U-THERE, which both ask, finds out that strongSwan was killed; it comes back, and so does the tunnel. */
    @Test
    void aDeadPeerComesBack() {
        strongSwan.load(peer(false).with("dpd_delay = 1s"));
        agent.apply(tunnel(false).dpd("{delay: 1s, timeout: 4s, action: Restart}"));
        awaitUp();
        strongSwan.kill();
        agent.awaitCondition("Established", "False/PeerUnreachable", SHOWN);
        strongSwan.restart();
        strongSwan.load(peer(false).with("dpd_delay = 1s"));
        awaitUp();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        Awaitility.await("a sign of life")
                .atMost(SHOWN)
                .until(() -> strongSwan.log().contains("N(DPD_ACK)"));
        assertThat(agent.isUp()).isTrue();
    }
}
