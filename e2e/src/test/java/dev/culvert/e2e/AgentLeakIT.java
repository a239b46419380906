package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Not one packet between the protected networks is on the wire in the clear: not before the tunnel is up, not while the
 * agent is dead, not when it starts again; and what the agent changed on the host is restored when it is told to stop.
 */
class AgentLeakIT {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @BeforeEach
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        // in the clear the networks do reach each other, so that a leak would arrive and be answered
        topology.wan().ip("route add " + left.network() + " via " + left.outerAddress());
        topology.wan().ip("route add " + right.network() + " via " + right.outerAddress());
    }

    @Test
    void line55_line60_nothingInTheClearWhileTheAgentIsDeadAndWhenItReturns() {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1))
                .as("the lab forwards cleartext")
                .isEqualTo(1);
        strongSwan.load(SwanConfig.between(topology, right, left));
        try (CulvertAgent agent = CulvertAgent.start(
                        left.gateway(),
                        directory.resolve("agent"),
                        TunnelFile.between(topology, left, right).startAction("None"));
                Capture capture = Capture.start(topology.wan(), "any", directory)) {
            assertThat(Traffic.pingInVain(left.host(), right.hostAddress()))
                    .as("no SA yet")
                    .isZero();

            agent.apply(TunnelFile.between(topology, left, right));
            agent.awaitUp();
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);

            agent.kill();
            assertThat(Traffic.pingInVain(left.host(), right.hostAddress()))
                    .as("the agent is dead")
                    .isZero();

            agent.restart();
            agent.awaitUp();
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);

            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).isNotEmpty().allMatch(Capture.Packet::isIpsec);
        }
    }

    @Test
    void terminationDeletesTheSasAndRestoresTheHost() {
        String before = host();
        strongSwan.load(SwanConfig.between(topology, right, left));
        try (CulvertAgent agent = CulvertAgent.start(
                left.gateway(), directory.resolve("agent"), TunnelFile.between(topology, left, right))) {
            agent.awaitUp();
            assertThat(host()).isNotEqualTo(before);
            assertThat(agent.terminate()).isZero();
            assertThat(strongSwan.sas()).isEmpty();
            assertThat(host()).isEqualTo(before);
        }
    }

    @Test
    void aSecondStartAfterAKillRestoresTheHostToo() {
        String before = host();
        strongSwan.load(SwanConfig.between(topology, right, left));
        try (CulvertAgent agent = CulvertAgent.start(
                left.gateway(), directory.resolve("agent"), TunnelFile.between(topology, left, right))) {
            agent.awaitUp();
            agent.kill();
            agent.restart();
            agent.awaitUp();
            assertThat(agent.terminate()).isZero();
            assertThat(host()).isEqualTo(before);
        }
    }

    /** Everything of the gateway that the agent may change. */
    private String host() {
        return left.gateway().ip("-o link show").replaceAll("(?m)^\\d+: ", "")
                + left.gateway().ip("route show table all")
                + left.gateway().ip("rule show")
                + left.gateway().run("nft", "list", "ruleset")
                + left.gateway().run("sysctl", "-a", "--pattern", "^net.ipv4.conf.(all|wan|lan)\\.|ip_forward");
    }
}
