package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.CertificateDocuments;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IKEv1 with strongSwan: every algorithm of both, main and aggressive mode, pre-shared keys and certificates, quick mode
 * with and without PFS, each side beginning.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IkeV1AlgorithmsIT {
    private static final Duration SHOWN = Duration.ofSeconds(30);

    private static final TestAuthority ROOT = TestAuthority.root("IKEv1 root", "rsa2048");

    /** Who sends the first message. */
    enum Initiator {
        AGENT,
        STRONGSWAN
    }

    enum Mode {
        MAIN("Main"),
        AGGRESSIVE("Aggressive");

        private final String value;

        Mode(String value) {
            this.value = value;
        }
    }

    /** @param key kind of the certificates' keys, or {@code psk} */
    record Case(Initiator initiator, Mode mode, String key, Suite suite) {
        @Override
        public String toString() {
            return initiator + " initiates, " + mode.value + ", " + key + ", " + suite;
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
        strongSwan = StrongSwan.start(right.gateway(), directory.resolve("swan"));
        agent = CulvertAgent.start(left.gateway(), directory.resolve("agent"));
    }

    /** Each algorithm at least once, phase 1 and phase 2 in turn by either side; some quick modes with PFS. */
    private static List<Suite> suites() {
        return List.of(
                new Suite("aes128-sha1-modp1024", "aes128-sha1"),
                new Suite("aes192-sha256-modp1536", "aes192-sha256-modp1536"),
                new Suite("aes256-sha384-modp2048", "aes256-sha384"),
                new Suite("3des-md5-modp3072", "3des-md5-modp2048"),
                new Suite("aes256-sha512-modp4096", "aes256-sha512"),
                new Suite("aes128-sha256-modp6144", "aes128gcm8"),
                new Suite("aes256-sha1-modp8192", "aes192gcm12-modp3072"),
                new Suite("aes192-sha384-ecp256", "aes256gcm16-ecp256"),
                new Suite("aes128-sha512-ecp384", "aes128ccm8-ecp384"),
                new Suite("aes256-sha256-ecp521", "aes192ccm12-ecp521"),
                new Suite("3des-sha1-ecp256bp", "aes256ccm16"),
                new Suite("aes256-md5-ecp384bp", "aes128ctr-aesxcbc"),
                new Suite("aes192-sha1-ecp512bp", "null-sha256"));
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        List<Suite> suites = suites();
        for (int i = 0; i < suites.size(); i++) {
            cases.add(new Case(Initiator.values()[i % 2], Mode.MAIN, "psk", suites.get(i)));
        }
        Suite usual = new Suite("aes256-sha256-modp2048", "aes256gcm16-modp2048");
        for (Initiator initiator : Initiator.values()) {
            cases.add(new Case(initiator, Mode.MAIN, "psk", usual));
            cases.add(new Case(initiator, Mode.AGGRESSIVE, "psk", usual));
            cases.add(new Case(initiator, Mode.MAIN, "rsa2048", usual));
            cases.add(new Case(initiator, Mode.AGGRESSIVE, "rsa2048", usual));
            cases.add(new Case(
                    initiator, Mode.AGGRESSIVE, "psk", new Suite("aes128-sha1-ecp256", "aes128-sha256-ecp256")));
            cases.add(new Case(initiator, Mode.AGGRESSIVE, "ecp384", new Suite("aes256-sha1-ecp384", "aes256gcm16")));
            for (String key : List.of("ecp256", "ecp384", "ecp521")) {
                cases.add(new Case(initiator, Mode.MAIN, key, new Suite("aes128-sha1-modp2048", "aes128-sha1")));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void carriesTrafficBothWays(Case given) {
        SwanConfig theirs =
                swan(given.mode()).proposals(given.suite().ike(), given.suite().esp());
        TunnelFile ours = tunnel(given.mode())
                .proposals(given.suite().ike(), given.suite().esp());
        if (!given.key().equals("psk")) {
            giveToStrongSwan(ROOT.gateway(SwanConfig.identity(right), given.key()));
            theirs.auth("auth = pubkey\n      certs = own.pem", "auth = pubkey");
            ours.authentication(
                    CertificateDocuments.BOTH,
                    CertificateDocuments.of(ROOT.gateway(SwanConfig.identity(left), given.key()), ROOT));
        }
        strongSwan.load(theirs);
        try (Capture capture = Capture.start(topology.wan(), "any", directory)) {
            bringUp(given.initiator(), ours);
            assertThat(agent.status().path("ikeSA").path("proposal").asText())
                    .isEqualTo(given.suite().ike());
            assertThat(strongSwan.sas()).contains("IKEv1");
            assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
            assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);

            agent.apply();
            agent.awaitGone();
            Awaitility.await("the agent's deletes")
                    .atMost(SHOWN)
                    .until(() -> strongSwan.sas().isEmpty());
            assertThat(capture.stop())
                    .as("each packet is seen by two devices of the router")
                    .hasSizeGreaterThan(24)
                    .allMatch(packet -> packet.isIpsec() || isLaterFragment(packet));
        } catch (AssertionError | RuntimeException e) {
            e.addSuppressed(new LabException("charon's log:\n" + strongSwan.log()));
            throw e;
        } finally {
            agent.apply();
            strongSwan.forget();
        }
    }

    /** Main mode's message 5 cannot even be read, aggressive mode's HASH is another. */
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void line17_anotherPreSharedKey(Mode mode) {
        strongSwan.load(swan(mode).proposals("aes256-sha256-modp2048", "aes256gcm16"));
        try {
            agent.apply(tunnel(mode)
                    .proposals("aes256-sha256-modp2048", "aes256gcm16")
                    .psk("quite another key than theirs"));
            // in main mode strongSwan's answer is encrypted under its own key: that it is says enough
            agent.awaitCondition("Established", "False/AuthenticationFailed", SHOWN);
            assertThat(agent.status().path("lastError").toString()).contains("pre-shared key");
            assertThat(strongSwan.isUp()).isFalse();
            assertThat(Traffic.pingInVain(left.host(), right.hostAddress())).isZero();
        } finally {
            takeDown();
        }
    }

    @ParameterizedTest(name = "of phase {0}")
    @ValueSource(ints = {1, 2})
    void noCommonProposalNamesWhatWasOffered(int phase) {
        strongSwan.load(swan(Mode.MAIN).proposals("aes256-sha256-modp2048", "aes256gcm16"));
        try {
            agent.apply(tunnel(Mode.MAIN)
                    .proposals(
                            phase == 1 ? "aes128-sha1-modp3072" : "aes256-sha256-modp2048",
                            phase == 1 ? "aes256gcm16" : "aes128-sha384"));
            agent.awaitCondition("Established", "False/NoProposalChosen", SHOWN);
            assertThat(agent.status().path("lastError").toString())
                    .contains(phase == 1 ? "aes128-sha1-modp3072" : "aes128-sha384");
        } finally {
            takeDown();
        }
    }

    /** The peer proves an identity, but not the one that the tunnel is for. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"psk", "rsa2048"})
    void line19_anotherIdentity(String key) {
        SwanConfig theirs = swan(Mode.MAIN).proposals("aes256-sha256-modp2048", "aes256gcm16");
        TunnelFile ours = tunnel(Mode.MAIN)
                .identities(SwanConfig.identity(left), "another.example")
                .proposals("aes256-sha256-modp2048", "aes256gcm16");
        if (!key.equals("psk")) {
            giveToStrongSwan(ROOT.gateway(SwanConfig.identity(right), key));
            theirs.auth("auth = pubkey\n      certs = own.pem", "auth = pubkey");
            ours.authentication(
                    CertificateDocuments.BOTH,
                    CertificateDocuments.of(ROOT.gateway(SwanConfig.identity(left), key), ROOT));
        }
        strongSwan.load(theirs);
        try {
            agent.apply(ours);
            agent.awaitCondition("Established", "False/AuthenticationFailed", SHOWN);
            assertThat(agent.status().path("lastError").toString())
                    .contains("another.example", SwanConfig.identity(right));
            assertThat(Traffic.pingInVain(left.host(), right.hostAddress())).isZero();
        } finally {
            takeDown();
        }
    }

    /** Of an IKE message with certificates: aggressive mode has them before fragments of IKE's own are agreed on. */
    private static boolean isLaterFragment(Capture.Packet packet) {
        return packet.isUdp() && packet.sourcePort() == 0 && packet.destinationPort() == 0;
    }

    private void bringUp(Initiator initiator, TunnelFile ours) {
        if (initiator == Initiator.AGENT) {
            agent.apply(ours);
        } else {
            agent.apply(ours.startAction("None"));
            agent.awaitCondition("Programmed", "True/", SHOWN);
            strongSwan.initiate();
        }
        agent.awaitCondition("Established", "True/", SHOWN);
        // as the responder of a quick mode it is up when the initiator's last message has come
        Awaitility.await("strongSwan's child").atMost(SHOWN).until(strongSwan::isUp);
    }

    private void takeDown() {
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }

    private SwanConfig swan(Mode mode) {
        return SwanConfig.between(topology, right, left).ikeV1(mode == Mode.AGGRESSIVE);
    }

    private TunnelFile tunnel(Mode mode) {
        return TunnelFile.between(topology, left, right).ikeV1(mode.value);
    }

    private void giveToStrongSwan(Credential own) {
        strongSwan
                .file("x509/own.pem", Credential.pem(List.of(own.certificate())))
                .file("x509ca/root.pem", ROOT.pem())
                .file("private/own.pem", own.keyPem());
    }
}
