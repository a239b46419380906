package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.e2e.lab.Authority;
import dev.culvert.e2e.lab.CulvertAgent;
import dev.culvert.e2e.lab.StrongSwan;
import dev.culvert.e2e.lab.SwanConfig;
import dev.culvert.e2e.lab.Topology;
import dev.culvert.e2e.lab.Traffic;
import dev.culvert.e2e.lab.TunnelFile;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
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

/** strongSwan with a certificate that its authority revoked or not, by OpenSSL's CRL and OpenSSL's OCSP responder. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationIT {
    /** Who says it, and who begins. */
    record Case(String method, boolean agentInitiates) {
        @Override
        public String toString() {
            return method + ", " + (agentInitiates ? "agent" : "strongSwan") + " initiates";
        }
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @AutoClose
    private final Topology topology = new Topology();

    private final Topology.Side left = topology.left();
    private final Topology.Side right = topology.right();
    private final String name = SwanConfig.identity(right);

    @AutoClose
    private Authority authority;

    @AutoClose
    private StrongSwan strongSwan;

    @AutoClose
    private CulvertAgent agent;

    @BeforeAll
    void start() {
        authority = new Authority(topology.wan(), left.routerAddress(), directory);
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
        return Stream.of("CRL", "OCSP").flatMap(method -> Stream.of(new Case(method, true), new Case(method, false)));
    }

    private Credential issue(String method) {
        return method.equals("CRL") ? authority.withCrl(name) : authority.withOcsp(name);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Our tunnel, which wants to know of revocation; our own certificate points nowhere. */
    private TunnelFile tunnel(String policy, String bundle) {
        Credential own = authority.root().gateway(SwanConfig.identity(left), "ecp256");
        return TunnelFile.between(topology, left, right)
                .authentication(
                        "{method: Certificate, certificate: {secretRef: {name: own}, trustBundleRef: {name: peers},"
                                + " revocation: {policy: " + policy + ", allowedHosts: " + authority.hosts() + "}}}",
                        """
                        ---
                        apiVersion: v1
                        kind: Secret
                        type: kubernetes.io/tls
                        metadata: {name: own}
                        data: {tls.crt: %s, tls.key: %s}
                        ---
                        apiVersion: v1
                        kind: ConfigMap
                        metadata: {name: peers}
                        data: {ca.crt: "%s"}
                        """.formatted(base64(own.chainPem()), base64(own.keyPem()), bundle.replace("\n", "\\n")));
    }

    private TunnelFile tunnel(String policy) {
        return tunnel(policy, authority.root().pem());
    }

    private void giveToStrongSwan(Credential credential) {
        strongSwan
                .file("x509/own.pem", Credential.pem(List.of(credential.certificate())))
                .file("x509ca/root.pem", authority.root().pem())
                .file("private/own.pem", credential.keyPem());
        strongSwan.load(SwanConfig.between(topology, right, left)
                .auth("auth = pubkey\n      certs = own.pem", "auth = pubkey"));
    }

    private void bringUp(TunnelFile tunnel, boolean agentInitiates) {
        begin(tunnel, agentInitiates);
        agent.awaitUp();
        assertThat(strongSwan.isUp()).as(strongSwan.sas()).isTrue();
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 3)).isEqualTo(3);
    }

    private void begin(TunnelFile tunnel, boolean agentInitiates) {
        if (agentInitiates) {
            agent.apply(tunnel);
        } else {
            agent.apply(tunnel.startAction("None"));
            agent.awaitCondition("Programmed", "True/", Duration.ofSeconds(5));
            strongSwan.attemptInitiate();
        }
    }

    /** It is refused, on both sides, and people are told why. */
    private void assertRefused(TunnelFile tunnel, boolean agentInitiates, String... why) {
        begin(tunnel, agentInitiates);
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(30));
        assertThat(agent.status().path("lastError").path("message").asText()).contains(why);
        assertThat(agent.status().path("conditions").toString()).contains(why);
        assertThat(strongSwan.sas()).doesNotContain("INSTALLED");
        assertThat(Traffic.ping(left.host(), right.hostAddress(), 1)).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aGoodCertificate(Case given) {
        Credential good = issue(given.method());
        authority.good(good);
        giveToStrongSwan(good);
        bringUp(tunnel("Hard"), given.agentInitiates());
        assertThat(agent.condition("Degraded")).doesNotContain("RevocationUnknown");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aRevokedCertificate(Case given) {
        Credential bad = issue(given.method());
        authority.revoke(bad);
        giveToStrongSwan(bad);
        assertRefused(
                tunnel("Soft"),
                given.agentInitiates(),
                "the certificate of CN=" + name,
                bad.certificate().getSerialNumber().toString(16),
                "was revoked at",
                "KEY_COMPROMISE",
                given.method().equals("CRL") ? authority.crlUrl() : authority.ocspUrl());
        assertThat(strongSwan.log()).contains("AUTH_FAILED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyAnswersAndSoftLetsIn(boolean agentInitiates) {
        giveToStrongSwan(authority.withDeadPointers(name));
        bringUp(tunnel("Soft"), agentInitiates);
        assertThat(agent.condition("Degraded")).isEqualTo("True/RevocationUnknown");
        assertThat(agent.status().path("conditions").toString()).contains(authority.deadUrl(), "refused");
        assertThat(agent.log()).contains(authority.deadUrl());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyAnswersAndHardRefuses(boolean agentInitiates) {
        giveToStrongSwan(authority.withDeadPointers(name));
        assertRefused(tunnel("Hard"), agentInitiates, authority.deadUrl() + ": ", "refused", "policy Hard");
    }

    /** Whoever puts a CRL into the bundle has the peers authenticate anew. */
    @Test
    void aCrlInTheTrustBundleEndsATunnelThatIsUp() {
        Credential peer = authority.withDeadPointers(name);
        giveToStrongSwan(peer);
        bringUp(tunnel("Soft"), true);
        authority.revoke(peer);
        agent.apply(tunnel("Soft", authority.root().pem() + authority.crlPem()));
        agent.awaitCondition("Established", "False/AuthenticationFailed", Duration.ofSeconds(30));
        assertThat(agent.status().path("lastError").path("message").asText())
                .contains("was revoked at", "the CRL in the trust bundle");
    }
}
