package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.CertificateDocuments;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import dev.culvert.testkit.certificates.TestKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates with strongSwan: every kind of key, chains, one side by a key and the other by a certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateInteropIT {
    private static final TestAuthority ROOT = TestAuthority.root("Interop root", "ecp256");
    private static final String OURS =
            "{method: Certificate, remoteMethod: PreSharedKey, preSharedKey: {secretRef: {name: %s-psk}},"
                    + " certificate: {secretRef: {name: own}}}";
    private static final String THEIRS =
            "{method: PreSharedKey, remoteMethod: Certificate, preSharedKey: {secretRef: {name: %s-psk}},"
                    + " certificate: {trustBundleRef: {kind: Secret, name: peers}}}";

    /** A kind of key on both sides, and who begins. */
    record Case(String kind, String swanAuth, boolean agentInitiates) {
        @Override
        public String toString() {
            return kind + ", strongSwan's " + swanAuth + ", " + (agentInitiates ? "agent" : "strongSwan")
                    + " initiates";
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

    @AfterEach
    void takeDown() {
        agent.apply();
        agent.awaitGone();
        strongSwan.forget();
    }

    static Stream<Case> cases() {
        return Stream.of(
                        new Case("rsa2048", "pubkey", true),
                        new Case("rsa3072", "rsa/pss-sha384", true),
                        new Case("ecp256", "pubkey", true),
                        new Case("ecp384", "pubkey", true),
                        new Case("ecp521", "pubkey", true),
                        new Case("ed25519", "pubkey", true),
                        new Case("ed448", "pubkey", true))
                .flatMap(c -> Stream.of(c, new Case(c.kind(), c.swanAuth(), false)));
    }

    private static String nameOf(Topology.Side side) {
        return SwanConfig.identity(side);
    }

    private void giveToStrongSwan(Credential own, TestAuthority anchor) {
        strongSwan.file("x509/own.pem", Credential.pem(List.of(own.certificate())));
        for (int i = 0; i < own.intermediates().size(); i++) {
            strongSwan.file(
                    "x509/intermediate" + i + ".pem",
                    Credential.pem(List.of(own.intermediates().get(i))));
        }
        strongSwan.file("x509ca/root.pem", anchor.pem()).file("private/own.pem", own.keyPem());
    }

    private TunnelFile tunnel() {
        return TunnelFile.between(topology, left, right);
    }

    private SwanConfig swan() {
        return SwanConfig.between(topology, right, left);
    }

    private void bringUp(TunnelFile tunnel, boolean agentInitiates) {
        if (agentInitiates) {
            agent.apply(tunnel);
        } else {
            agent.apply(tunnel.startAction("None"));
            agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
            strongSwan.initiate();
        }
        agent.awaitUp();
        assertThat(strongSwan.isUp()).as(strongSwan.sas()).isTrue();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
        assertThat(Traffic.ping(right.host(), left.hostAddress(), 3)).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void bothByCertificate(Case given) {
        giveToStrongSwan(ROOT.gateway(nameOf(right), given.kind()), ROOT);
        strongSwan.load(swan().auth("auth = " + given.swanAuth() + "\n      certs = own.pem", "auth = pubkey"));
        bringUp(
                tunnel().authentication(
                                CertificateDocuments.BOTH,
                                CertificateDocuments.of(ROOT.gateway(nameOf(left), given.kind()), ROOT)),
                given.agentInitiates());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chainsWithIntermediates(boolean agentInitiates) {
        TestAuthority issuing = ROOT.intermediate("Interop issuing", "ecp384");
        giveToStrongSwan(issuing.gateway(nameOf(right), "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
        bringUp(
                tunnel().authentication(
                                CertificateDocuments.BOTH,
                                CertificateDocuments.of(issuing.gateway(nameOf(left), "ecp256"), ROOT)),
                agentInitiates);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourCertificateAndItsKey(boolean agentInitiates) {
        strongSwan.file("x509ca/root.pem", ROOT.pem());
        strongSwan.load(swan().auth("auth = psk", "auth = pubkey"));
        bringUp(
                tunnel().authentication(OURS, CertificateDocuments.of(ROOT.gateway(nameOf(left), "ecp256"), ROOT)),
                agentInitiates);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourKeyAndItsCertificate(boolean agentInitiates) {
        giveToStrongSwan(ROOT.gateway(nameOf(right), "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = psk"));
        bringUp(
                tunnel().authentication(THEIRS, CertificateDocuments.of(ROOT.gateway(nameOf(left), "ecp256"), ROOT)),
                agentInitiates);
    }

    @Test
    void anAuthorityThatWeDoNotTrust() {
        TestAuthority stranger = TestAuthority.root("Interop stranger", "ecp256");
        giveToStrongSwan(stranger.gateway(nameOf(right), "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
        agent.apply(tunnel().authentication(
                        CertificateDocuments.BOTH,
                        CertificateDocuments.of(ROOT.gateway(nameOf(left), "ecp256"), ROOT)));
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(20));
        assertThat(agent.status().toString()).contains("Interop stranger");
    }

    /** strongSwan then identifies itself by its certificate's subject, as it never claims what that does not say. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void line19_anotherIdentityThanItsCertificateHas(boolean agentInitiates) {
        giveToStrongSwan(ROOT.gateway("another.example", "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
        TunnelFile tunnel = tunnel().authentication(
                        CertificateDocuments.BOTH, CertificateDocuments.of(ROOT.gateway(nameOf(left), "ecp256"), ROOT));
        if (agentInitiates) {
            agent.apply(tunnel);
        } else {
            agent.apply(tunnel.startAction("None"));
            agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
            strongSwan.attemptInitiate();
        }
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(20));
        assertThat(agent.status().path("conditions").toString()).contains("CN=another.example", nameOf(right));
        assertThat(strongSwan.sas()).doesNotContain("INSTALLED");
    }

    /** Ours does not say who we claim to be: strongSwan does not take it, and our message has both names. */
    @Test
    void line19_anotherIdentityThanOurCertificateHas() {
        giveToStrongSwan(ROOT.gateway(nameOf(right), "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
        agent.apply(tunnel().authentication(
                        CertificateDocuments.BOTH,
                        CertificateDocuments.of(ROOT.gateway("another.example", "ecp256"), ROOT)));
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(20));
        assertThat(agent.status().path("conditions").toString())
                .contains("AUTHENTICATION_FAILED", nameOf(left), nameOf(right));
    }

    /** What cert-manager does to the Secret: no packet is lost, and the next authentication has the new certificate. */
    @Test
    void aRenewedCertificateUnderTraffic() {
        giveToStrongSwan(ROOT.gateway(nameOf(right), "ecp256"), ROOT);
        strongSwan.load(swan().auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
        bringUp(
                tunnel().authentication(
                                CertificateDocuments.BOTH,
                                CertificateDocuments.of(ROOT.gateway(nameOf(left), "ecp256"), ROOT)),
                true);
        String before = agent.status().path("ikeSA").path("spis").toString();
        Credential renewed =
                ROOT.issue("CN=renewed,O=Culvert test", TestKeys.generate("ecp384"), issue -> issue.dns(nameOf(left)));
        agent.apply(tunnel().authentication(CertificateDocuments.BOTH, CertificateDocuments.of(renewed, ROOT)));
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 20)).isEqualTo(20);
        assertThat(agent.status().path("ikeSA").path("spis").toString()).isEqualTo(before);
        agent.reauthenticate();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 20)).isEqualTo(20);
        assertThat(agent.status().path("ikeSA").path("spis").toString()).isNotEqualTo(before);
        assertThat(strongSwan.log()).contains("CN=renewed");
        assertThat(agent.drops()).isEmpty();
    }
}
