package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A peer with several addresses, and one with a name: where it is not, it is looked for elsewhere. */
class PeerAddressesIT {
    /** Nobody is there, and the router says nothing of it. */
    private static final String SILENT = "203.0.113.99";

    private static final String PEER_NAME = "branch.culvert.test";

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

    /** What replaces /etc in the agent's namespace: a hosts file. */
    private final Path etc = Path.of("/etc/netns", left.gateway().name());

    private final Path hosts = etc.resolve("hosts");

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(etc);
        name(SILENT);
        topology.wan().run("nft", """
                table ip silence {
                  chain forward { type filter hook forward priority 0;
                    ip daddr %s drop
                  }
                }
                """.formatted(SILENT));
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        strongSwan.load(SwanConfig.between(topology, right, left));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    /** In place: the agent sees this very file. */
    private void name(String address) throws IOException {
        Files.writeString(hosts, address + " " + PEER_NAME + "\n");
    }

    @AfterEach
    void forgetNames() throws IOException {
        Files.deleteIfExists(hosts);
        Files.deleteIfExists(etc);
    }

    @Test
    void aFirstAddressThatIsSilentIsLeftForTheNext() {
        agent.apply(TunnelFile.between(topology, left, right).remoteAddress(SILENT + ", " + right.outerAddress()));
        awaitUpAtThePeer();
    }

    @Test
    void aNameIsLookedUpAgainWhereNobodyAnswers() throws IOException {
        agent.apply(TunnelFile.between(topology, left, right).remoteAddress(PEER_NAME));
        agent.awaitCondition("Established", "False/PeerUnreachable", Duration.ofSeconds(30));
        name(right.outerAddress());
        awaitUpAtThePeer();
    }

    private void awaitUpAtThePeer() {
        Awaitility.await("the tunnel, at the peer's other address")
                .atMost(Duration.ofMinutes(2))
                .until(agent::isUp);
        assertThat(agent.status().path("remoteEndpoint").asText()).startsWith(right.outerAddress() + ":");
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
    }
}
