package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is wrong with a tunnel stands in its status, and once that is put right, on whichever side, the tunnel is up
 * within ten seconds without a restart.
 */
class AgentFailureReasonsIT {
    private static final Duration SHOWN = Duration.ofSeconds(20);
    private static final Duration HEALED = Duration.ofSeconds(10);

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

    private TunnelFile tunnel() {
        return TunnelFile.between(topology, left, right);
    }

    private SwanConfig peer() {
        return SwanConfig.between(topology, right, left);
    }

    @Test
    void wrongPreSharedKeyHealsWhenOursIsCorrected() {
        strongSwan.load(peer());
        agent.apply(tunnel().psk("quite another key than the peer's"));
        agent.awaitCondition("Established", "False/AuthenticationFailed", SHOWN);
        assertThat(lastError().path("notify").asText()).isEqualTo("AUTHENTICATION_FAILED");
        assertThat(Traffic.pingInVain(left.host(), right.hostAddress())).isZero();

        agent.apply(tunnel());
        agent.awaitCondition("Established", "True/", HEALED);
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 2)).isEqualTo(2);
    }

    @Test
    void wrongPreSharedKeyHealsWhenThePeerCorrectsItsOwn() {
        strongSwan.load(peer().psk("quite another key than ours"));
        agent.apply(tunnel());
        agent.awaitCondition("Established", "False/AuthenticationFailed", SHOWN);

        strongSwan.load(peer());
        agent.awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void noCommonProposalNamesWhatWasOffered() {
        strongSwan.load(peer().proposals("aes128-sha256-modp2048", "aes128-sha256"));
        agent.apply(tunnel().proposals("aes256gcm16-prfsha384-ecp384", "aes256gcm16"));
        agent.awaitCondition("Established", "False/NoProposalChosen", SHOWN);
        assertThat(lastError().path("notify").asText()).isEqualTo("NO_PROPOSAL_CHOSEN");
        assertThat(lastError().path("message").asText()).contains("aes256gcm16-prfsha384-ecp384");

        agent.apply(tunnel().proposals("aes128-sha256-modp2048", "aes128-sha256"));
        agent.awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void noCommonChildProposalNamesWhatWasOffered() {
        strongSwan.load(peer().proposals("aes256gcm16-prfsha384-x25519", "aes128-sha256"));
        agent.apply(tunnel());
        agent.awaitCondition("Established", "False/NoProposalChosen", SHOWN);
        assertThat(lastError().path("message").asText()).contains("aes256gcm16");

        agent.apply(tunnel().proposals("aes256gcm16-prfsha384-x25519", "aes128-sha256"));
        agent.awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void selectorsThatThePeerRefuses() {
        strongSwan.load(peer());
        agent.apply(tunnel().selectors(left.network(), "10.99.0.0/24"));
        agent.awaitCondition("Established", "False/TSUnacceptable", SHOWN);
        assertThat(lastError().path("notify").asText()).isEqualTo("TS_UNACCEPTABLE");
        assertThat(lastError().path("message").asText()).contains("10.99.0.0/24");

        agent.apply(tunnel());
        agent.awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void silentPeerHealsWhenItAnswersAgain() {
        strongSwan.load(peer());
        topology.cut(true);
        agent.apply(tunnel());
        agent.awaitCondition("Established", "False/PeerUnreachable", Duration.ofSeconds(60));

        topology.cut(false);
        agent.awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void peerThatFallsSilentLaterIsNoticedByLivenessChecks() {
        strongSwan.load(peer());
        agent.apply(tunnel().dpd("{delay: 1s, timeout: 3s, action: Restart}"));
        agent.awaitUp();
        topology.cut(true);
        agent.awaitCondition("Established", "False/PeerUnreachable", Duration.ofSeconds(60));
        topology.cut(false);
        agent.awaitCondition("Established", "True/", HEALED);
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 2)).isEqualTo(2);
    }

    @Test
    void statusCommandPrintsAListAsKubectlDoes() throws IOException {
        strongSwan.load(peer());
        agent.apply(tunnel());
        agent.awaitUp();
        String printed = agent.command("status", "-o", "json").out();
        JsonNode list = new ObjectMapper().readTree(printed);
        assertThat(list.path("kind").asText()).isEqualTo("List");
        assertThat(list.path("items").path(0).path("kind").asText()).isEqualTo("IPSecTunnel");
        JsonNode status = list.path("items").path(0).path("status");
        assertThat(status.path("childSAsReady").asText()).isEqualTo("1/1");
        assertThat(status.path("remoteEndpoint").asText()).startsWith(right.outerAddress());
        assertThat(agent.command("status").out()).contains(TunnelFile.NAME).contains("True");

        assertThat(agent.command("terminate", TunnelFile.NAME).status()).isZero();
        assertThat(strongSwan.sas()).isEmpty();
        assertThat(agent.command("initiate", TunnelFile.NAME).status()).isZero();
        agent.awaitUp();
        assertThat(agent.command("status", "no-such-tunnel").status()).isNotZero();
    }

    private JsonNode lastError() {
        return agent.status().path("lastError");
    }
}
