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
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the handshake can do beside authentication, with strongSwan 5.9: fragments, PPK, childless start, each side beginning. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandshakeOptionsIT {
    private static final String IKE = "aes256gcm16-prfsha384-x25519";
    private static final String PPK = "thirty-two octets of the very best randomness";

    /** Who begins. */
    enum Side {
        AGENT,
        STRONGSWAN
    }

    /** A post-quantum pre-shared key of either side: none, or whether it is required. */
    record PpkCase(Side initiator, String agent, String strongSwan, boolean used) {}

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    /** So many proposals that IKE_AUTH does not fit a packet of 576 octets. */
    @ParameterizedTest
    @EnumSource(Side.class)
    void fragments(Side initiator) {
        String esp = Stream.of("aes256", "aes192", "aes128")
                .flatMap(cipher -> Stream.of("sha256", "sha384", "sha512", "sha1")
                        .flatMap(hash -> Stream.of("", "-esn").map(more -> cipher + "-" + hash + more)))
                .limit(16)
                .reduce("aes256gcm16", (all, one) -> all.split(",", -1).length < 16 ? all + "," + one : all);
        int before = strongSwan.log().length();
        bringUp(
                initiator,
                SwanConfig.between(topology, right, left).proposals(IKE, esp).with("fragmentation = yes"),
                TunnelFile.between(topology, left, right).proposals(IKE, esp).ike("fragmentSize: 576"));
        if (initiator == Side.AGENT) {
            assertThat(strongSwan.log().substring(before)).contains("received fragment #2 of 2");
        }
        finish();
    }

    static Stream<PpkCase> ppks() {
        return Stream.of(Side.values())
                .flatMap(side -> Stream.of(
                        new PpkCase(side, "required", "required", true),
                        new PpkCase(side, "optional", "optional", true),
                        new PpkCase(side, "optional", "none", false),
                        new PpkCase(side, "none", "optional", false)));
    }

    @ParameterizedTest
    @MethodSource("ppks")
    void postQuantumPreSharedKey(PpkCase given) {
        SwanConfig swan = SwanConfig.between(topology, right, left).proposals(IKE, "aes256gcm16");
        TunnelFile tunnel = TunnelFile.between(topology, left, right).proposals(IKE, "aes256gcm16");
        if (!given.strongSwan().equals("none")) {
            swan.ppk("branch", PPK, given.strongSwan().equals("required"));
        }
        if (!given.agent().equals("none")) {
            tunnel.ppk("branch", PPK, given.agent().equals("required"));
        }
        bringUp(given.initiator(), swan, tunnel);
        assertThat(strongSwan.sas().contains("PPK")).isEqualTo(given.used());
        finish();
    }

    @Test
    void aRequiredPpkThatThePeerLacksIsSaidInTheCondition() {
        strongSwan.load(SwanConfig.between(topology, right, left).proposals(IKE, "aes256gcm16"));
        agent.apply(TunnelFile.between(topology, left, right)
                .proposals(IKE, "aes256gcm16")
                .ppk("branch", PPK, true));
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(10));
        assertThat(agent.status().toString())
                .contains("post-quantum pre-shared key")
                .doesNotContain(PPK);
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void childlessStart(Side initiator) {
        SwanConfig swan = SwanConfig.between(topology, right, left).proposals(IKE, "aes256gcm16-x25519");
        if (initiator == Side.STRONGSWAN) {
            swan.with("childless = force");
        }
        bringUp(
                initiator,
                swan,
                TunnelFile.between(topology, left, right)
                        .proposals(IKE, "aes256gcm16-x25519")
                        .ike("childless: " + (initiator == Side.AGENT ? "Force" : "Allow")));
        assertThat(agent.status().path("childSAs").path(0).path("proposal").asText())
                .as("the key exchange that only CREATE_CHILD_SA has")
                .isEqualTo("aes256gcm16-x25519");
        finish();
    }

    /** strongSwan 5.9 does not know ML-KEM: it has to choose a later proposal of ours. */
    @ParameterizedTest
    @EnumSource(Side.class)
    void defaultProposals(Side initiator) {
        bringUp(
                initiator,
                SwanConfig.between(topology, right, left).proposals("default", "default"),
                TunnelFile.between(topology, left, right).proposals("", ""));
        finish();
    }

    private void bringUp(Side initiator, SwanConfig swan, TunnelFile tunnel) {
        strongSwan.load(swan);
        if (initiator == Side.AGENT) {
            agent.apply(tunnel);
        } else {
            agent.apply(tunnel.startAction("None"));
            agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
            strongSwan.initiate();
        }
        agent.awaitUp();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
    }

    private void finish() {
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }
}
