package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Background;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The agent with strongSwan 6.1: ML-KEM as an additional key exchange (RFC 9370), alone, in fragments and with a
 * post-quantum pre-shared key, in IKE_INTERMEDIATE and in IKE_FOLLOWUP_KE, each side beginning.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostQuantumIT {
    private static final String CLASSIC = "aes256gcm16-prfsha384-x25519";
    private static final String PPK = "thirty-two octets of the very best randomness";
    private static final long TRANSFER_BYTES = 500_000;

    /** Who begins. */
    enum Side {
        AGENT,
        STRONGSWAN
    }

    /**
     * @param fragmentSize of both sides
     * @param ppk whether both require one
     */
    record Case(Side initiator, String keyExchanges, int fragmentSize, boolean ppk) {
        @Override
        public String toString() {
            return initiator + " initiates, " + keyExchanges + ", packets of " + fragmentSize + (ppk ? ", PPK" : "");
        }
    }

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
        strongSwan = StrongSwan.startWithMlKem(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
        // ends with its namespace
        Background server = Traffic.iperfServer(right.host(), directory.resolve("iperf.log"));
        assertThat(server.isAlive()).isTrue();
    }

    static Stream<Case> cases() {
        return Stream.of(Side.values())
                .flatMap(side -> Stream.of(
                        new Case(side, "ke1_mlkem512", 1280, false),
                        new Case(side, "ke1_mlkem768", 1280, false),
                        new Case(side, "ke1_mlkem1024", 1280, false),
                        new Case(side, "ke1_mlkem768", 576, false),
                        new Case(side, "ke1_mlkem768", 1280, true),
                        new Case(side, "ke1_mlkem1024-ke2_ecp384-ke3_mlkem512", 700, true)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void carriesTrafficBothWays(Case given) {
        SwanConfig swan = SwanConfig.between(topology, right, left)
                .proposals(CLASSIC + "-" + given.keyExchanges(), "aes256gcm16");
        TunnelFile tunnel = TunnelFile.between(topology, left, right)
                .proposals(CLASSIC + "-" + given.keyExchanges(), "aes256gcm16")
                .ike("fragmentSize: " + given.fragmentSize());
        if (given.ppk()) {
            swan.ppk("branch", PPK, true);
            tunnel.ppk("branch", PPK, true);
        }
        int before = strongSwan.log().length();
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            bringUp(given.initiator(), swan, tunnel);
            assertThat(agent.status().path("ikeSA").path("proposal").asText())
                    .isEqualTo(CLASSIC + "-" + given.keyExchanges());
            assertThat(strongSwan.log().substring(before)).contains("KE1_ML_KEM");
            assertThat(strongSwan.sas().contains("PPK")).isEqualTo(given.ppk());
            traffic();
            finish();
            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(100).allMatch(Capture.Packet::isIpsec);
        } finally {
            agent.apply();
            strongSwan.forget();
        }
    }

    /** RFC 9370 §2.2.4: IKE_FOLLOWUP_KE behind CREATE_CHILD_SA. */
    @ParameterizedTest
    @EnumSource(Side.class)
    void rekeysWithAdditionalKeyExchanges(Side initiator) {
        String ike = CLASSIC + "-ke1_mlkem768";
        String esp = "aes256gcm16-x25519-ke1_mlkem768";
        String twice = esp + "-ke2_mlkem512";
        bringUp(
                initiator,
                SwanConfig.between(topology, right, left).proposals(ike, twice),
                TunnelFile.between(topology, left, right).proposals(ike, twice));
        try {
            traffic();
            for (Side rekeyed : Side.values()) {
                int child = spiIn();
                if (rekeyed == Side.AGENT) {
                    assertThat(agent.command("rekey", TunnelFile.NAME, SwanConfig.CHILD)
                                    .succeeded())
                            .isTrue();
                } else {
                    strongSwan.rekeyChild();
                }
                await(
                        "another child SA",
                        () -> spiIn() != child && childProposal().equals(twice));
                traffic();
                String before = ikeSpis();
                if (rekeyed == Side.AGENT) {
                    assertThat(agent.command("rekey", TunnelFile.NAME).succeeded())
                            .isTrue();
                } else {
                    strongSwan.rekeyIke();
                }
                await("another IKE SA", () -> !ikeSpis().equals(before) && agent.isUp());
                traffic();
                assertThat(agent.status().path("ikeSA").path("proposal").asText())
                        .isEqualTo(ike);
            }
            assertThat(strongSwan.sas().split("ESTABLISHED", -1)).hasSize(2);
            finish();
        } finally {
            agent.apply();
            strongSwan.forget();
        }
    }

    @Test
    void ourDefaultsAgreeOnMlKemWithItsDefaults() {
        bringUp(
                Side.AGENT,
                SwanConfig.between(topology, right, left).proposals(CLASSIC + "-ke1_mlkem768,default", "default"),
                TunnelFile.between(topology, left, right).proposals("", ""));
        try {
            assertThat(agent.status().path("ikeSA").path("proposal").asText()).isEqualTo(CLASSIC + "-ke1_mlkem768");
            traffic();
            finish();
        } finally {
            agent.apply();
            strongSwan.forget();
        }
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
        assertThat(strongSwan.isUp()).as(strongSwan.sas()).isTrue();
    }

    private void traffic() {
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
        Traffic.transfer(left.host(), right.hostAddress(), TRANSFER_BYTES, false);
    }

    private void finish() {
        agent.apply();
        agent.awaitGone();
        await("the agent's DELETE", () -> strongSwan.sas().isEmpty());
    }

    private int spiIn() {
        return agent.status().path("childSAs").path(0).path("spiIn").asText().hashCode();
    }

    private String childProposal() {
        return agent.status().path("childSAs").path(0).path("proposal").asText();
    }

    private String ikeSpis() {
        return agent.status().path("ikeSA").path("spis").toString();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(10)).until(condition);
    }
}
