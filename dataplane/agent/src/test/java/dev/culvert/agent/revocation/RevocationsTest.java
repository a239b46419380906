package dev.culvert.agent.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.agent.Desired;
import dev.culvert.agent.certificates.PeerVerifiers;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.api.v1alpha1.RevocationMethod;
import dev.culvert.api.v1alpha1.RevocationPolicy;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.x509.CertificateProblemException;
import dev.culvert.crypto.x509.IssuedCertificate;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.endpoint.CertificateVerifier;
import dev.culvert.ike.endpoint.CertificateVerifier.Judgement;
import dev.culvert.ike.message.Bytes;
import dev.culvert.testkit.certificates.OpensslAuthority;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import io.fabric8.kubernetes.api.model.Condition;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judgements of peers where revocation is looked at, by what OpenSSL signs and this test publishes. */
class RevocationsTest {
    private static final TestAuthority ROOT = TestAuthority.root("Publishing root", "ecp256");
    private static final String TUNNEL = "default/branch";

    private volatile Instant now = Instant.now();
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final Instant yesterday = now.minus(Duration.ofDays(1));

    @AutoClose
    private final HttpFetcher fetcher = new HttpFetcher(name -> {
        throw new UnknownHostException(name);
    });

    @AutoClose
    private final WebPages web = WebPages.start();

    private final StatusBook book = new StatusBook(clock, tunnel -> {});
    private final PeerVerifiers verifiers =
            new PeerVerifiers(clock, new Revocations(fetcher, RandomSource.secure(), clock), book);
    private final Path directory;
    private final OpensslAuthority openssl;

    RevocationsTest(@TempDir Path directory) {
        this.directory = directory;
        this.openssl = new OpensslAuthority(ROOT, directory.resolve("ca"));
    }

    @BeforeEach
    void wantTheTunnel() {
        book.put(Desired.tunnel("branch", "192.0.2.2"));
    }

    // ---- what the tests say ----

    private Credential issue(String name) {
        return ROOT.issue(
                "CN=" + name,
                "ecp256",
                issue -> issue.dns(name).crlAt(web.url("/ca.crl")).ocspAt(web.url("/ocsp")));
    }

    private void publishCrl() {
        byte[] crl = openssl.crl("-crldays", "1");
        web.put("/ca.crl", body -> crl);
    }

    private void answerOcsp() {
        Credential itself = openssl.itself();
        web.put("/ocsp", request -> {
            synchronized (openssl) {
                return openssl.ocsp(request, itself, "-ndays", "1");
            }
        });
    }

    private CertificateVerifier verifier(RevocationPolicy policy, RevocationMethod... methods) {
        return verifier(policy, List.of(methods), List.of(web.host()), new TrustBundle(Set.of(ROOT.certificate())));
    }

    private CertificateVerifier verifier(
            RevocationPolicy policy, List<RevocationMethod> methods, List<String> hosts, TrustBundle bundle) {
        return verifiers.of(TUNNEL, bundle, new Revocation(policy, methods, hosts));
    }

    private static List<Bytes> der(Credential peer) {
        List<Bytes> chain = new ArrayList<>();
        for (X509Certificate certificate : peer.chain()) {
            try {
                chain.add(Bytes.of(certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        return chain;
    }

    /** The judgement that the negotiator gets, which asks again while there is none. */
    private static Judgement judge(CertificateVerifier verifier, Credential peer) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> verifier.judge(der(peer)), judgement -> !(judgement instanceof Judgement.Undecided));
    }

    private static String refusal(Judgement judgement) {
        return judgement instanceof Judgement.Refused(String why) ? why : judgement.toString();
    }

    private static void assertTrusted(Judgement judgement) {
        assertThat(judgement).isInstanceOf(Judgement.Trusted.class);
    }

    private Optional<Condition> degraded() {
        return Conditions.find(book.find(TUNNEL).orElseThrow().conditions(), ConditionTypes.DEGRADED);
    }

    private void later(Duration by) {
        now = now.plus(by);
    }

    // ---- the tests ----

    @Test
    void byCrl() {
        Credential good = issue("good.example");
        Credential bad = issue("bad.example");
        openssl.issued(good.certificate()).revoked(bad.certificate(), yesterday, "keyCompromise");
        publishCrl();
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.CRL);
        assertThat(verifier.judge(der(good))).isInstanceOf(Judgement.Undecided.class);
        assertTrusted(judge(verifier, good));
        assertThat(refusal(judge(verifier, bad)))
                .contains(
                        "the certificate of CN=bad.example (serial number "
                                + bad.certificate().getSerialNumber().toString(16) + ") was revoked at ",
                        "(KEY_COMPROMISE)",
                        "CN=Publishing root",
                        "in the CRL " + web.url("/ca.crl"));
        assertThat(degraded()).isEmpty();
        assertThat(web.requests).containsOnly("/ca.crl");
    }

    @Test
    void byOcsp() {
        Credential good = issue("good.example");
        Credential bad = issue("bad.example");
        openssl.issued(good.certificate()).revoked(bad.certificate(), yesterday, "cessationOfOperation");
        answerOcsp();
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.OCSP);
        assertTrusted(judge(verifier, good));
        assertThat(refusal(judge(verifier, bad)))
                .contains("CN=bad.example", "(CESSATION_OF_OPERATION)", "in the OCSP responder " + web.url("/ocsp"));
        assertThat(web.requests).containsOnly("/ocsp");
    }

    @Test
    void whoDoesNotKnowIsFollowedByWhoDoes() {
        Credential bad = issue("bad.example");
        web.put("/ocsp", request -> new byte[] {0x30, 3, 0x0a, 1, 3});
        openssl.revoked(bad.certificate(), yesterday, "keyCompromise");
        publishCrl();
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.OCSP, RevocationMethod.CRL);
        assertThat(refusal(judge(verifier, bad))).contains("in the CRL");
        assertThat(web.requests).containsExactly("/ocsp", "/ca.crl");
    }

    @Test
    void softLetsInWithAWarningUntilSomebodyKnows() {
        Credential peer = issue("peer.example");
        CertificateVerifier verifier = verifier(RevocationPolicy.SOFT, RevocationMethod.OCSP, RevocationMethod.CRL);
        assertTrusted(judge(verifier, peer));
        assertThat(degraded()).hasValueSatisfying(condition -> {
            assertThat(condition.getStatus()).isEqualTo("True");
            assertThat(condition.getReason()).isEqualTo("RevocationUnknown");
            assertThat(condition.getMessage())
                    .contains(
                            "CN=peer.example",
                            web.url("/ocsp") + ": the server answered 404",
                            web.url("/ca.crl") + ": the server answered 404",
                            "policy Soft");
        });
        publishCrl();
        later(Duration.ofSeconds(61));
        assertTrusted(judge(verifier, peer));
        assertThat(degraded()).isEmpty();
    }

    @Test
    void hardRefusesAndSaysWhatCouldNotBeFetched() {
        Credential peer = issue("peer.example");
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.CRL);
        assertThat(refusal(judge(verifier, peer)))
                .contains("CN=peer.example", web.url("/ca.crl") + ": the server answered 404", "policy Hard");
        assertThat(degraded()).isEmpty();
    }

    @Test
    void softRefusesARevokedOne() {
        Credential bad = issue("bad.example");
        openssl.revoked(bad.certificate(), yesterday, "keyCompromise");
        publishCrl();
        assertThat(refusal(judge(verifier(RevocationPolicy.SOFT, RevocationMethod.OCSP, RevocationMethod.CRL), bad)))
                .contains("was revoked at");
    }

    @Test
    void line28_nothingIsFetchedFromOtherHostsOrByDefault() {
        Credential peer = issue("peer.example");
        publishCrl();
        answerOcsp();
        TrustBundle bundle = new TrustBundle(Set.of(ROOT.certificate()));
        assertTrusted(verifiers.of(TUNNEL, bundle, null).judge(der(peer)));
        assertTrusted(verifier(RevocationPolicy.OFF, RevocationMethod.CRL).judge(der(peer)));
        CertificateVerifier elsewhere =
                verifier(RevocationPolicy.HARD, List.of(RevocationMethod.values()), List.of("pki.example"), bundle);
        assertThat(refusal(judge(elsewhere, peer))).contains("allowedHosts does not have 127.0.0.1 with port");
        assertThat(web.requests).isEmpty();
    }

    /** Pointers of certificates that nobody vouches for. */
    @Test
    void line28_nothingIsFetchedForAStranger() {
        Credential stranger = TestAuthority.root("Stranger", "ecp256")
                .issue("CN=x", "ecp256", issue -> issue.crlAt(web.url("/ca.crl")));
        assertThat(verifier(RevocationPolicy.HARD, RevocationMethod.CRL).judge(der(stranger)))
                .isInstanceOf(Judgement.Refused.class);
        assertThat(web.requests).isEmpty();
    }

    @Test
    void aCrlIsFetchedOnceUntilTheNextOneIsDue() {
        publishCrl();
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.CRL);
        List<Credential> peers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            peers.add(issue("peer" + i + ".example"));
        }
        peers.forEach(peer -> verifier.judge(der(peer)));
        peers.forEach(peer -> assertTrusted(judge(verifier, peer)));
        assertThat(web.requests).hasSize(1);
        later(Duration.ofHours(23));
        assertTrusted(verifier.judge(der(peers.getFirst())));
        later(Duration.ofHours(2));
        // what is published is out of date by now, too
        assertThat(refusal(judge(verifier, peers.getFirst()))).contains("out of date");
        assertThat(web.requests).hasSize(2);
    }

    @Test
    void aRevokedIntermediate() {
        TestAuthority issuing = ROOT.intermediate("Issuing", "ecp256", issue -> issue.crlAt(web.url("/ca.crl")));
        Credential peer = issuing.issue("CN=peer", "ecp256", issue -> issue.crlAt(web.url("/issuing.crl")));
        byte[] ofIssuing = new OpensslAuthority(issuing, directory.resolve("issuing")).crl("-crldays", "1");
        web.put("/issuing.crl", body -> ofIssuing);
        publishCrl();
        assertTrusted(judge(verifier(RevocationPolicy.HARD, RevocationMethod.CRL), peer));
        openssl.revoked(issuing.certificate(), yesterday, "CACompromise");
        publishCrl();
        later(Duration.ofHours(25));
        byte[] later = new OpensslAuthority(issuing, directory.resolve("issuing")).crl("-crldays", "3");
        byte[] laterOfRoot = openssl.crl("-crldays", "3");
        web.put("/issuing.crl", body -> later);
        web.put("/ca.crl", body -> laterOfRoot);
        assertThat(refusal(judge(verifier(RevocationPolicy.HARD, RevocationMethod.CRL), peer)))
                .contains("CN=Issuing", "CA_COMPROMISE");
    }

    @Test
    void aCrlInTheTrustBundleNeedsNoNetwork() throws CertificateProblemException {
        Credential good = issue("good.example");
        Credential bad = issue("bad.example");
        openssl.issued(good.certificate()).revoked(bad.certificate(), yesterday, "keyCompromise");
        TrustBundle bundle =
                TrustBundle.parse((ROOT.pem() + openssl.crlPem("-crldays", "1")).getBytes(StandardCharsets.US_ASCII));
        CertificateVerifier verifier =
                verifier(RevocationPolicy.HARD, List.of(RevocationMethod.values()), List.of(), bundle);
        assertTrusted(judge(verifier, good));
        assertThat(refusal(judge(verifier, bad))).contains("in the CRL in the trust bundle");
        assertThat(web.requests).isEmpty();
        // it holds although a responder, asked first, would say otherwise
        openssl.clear().issued(bad.certificate());
        answerOcsp();
        assertThat(refusal(judge(
                        verifier(
                                RevocationPolicy.SOFT, List.of(RevocationMethod.values()), List.of(web.host()), bundle),
                        bad)))
                .contains("in the CRL in the trust bundle");
    }

    /** The negotiator's thread asks, and is told so, while a server takes its time. */
    @Test
    void line28_whoAsksNeverWaits() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        byte[] crl = openssl.crl("-crldays", "1");
        web.put("/ca.crl", body -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return crl;
        });
        CertificateVerifier verifier = verifier(RevocationPolicy.HARD, RevocationMethod.CRL);
        Credential peer = issue("peer.example");
        assertThat(verifier.judge(der(peer))).isInstanceOf(Judgement.Undecided.class);
        asked.await();
        for (int i = 0; i < 100; i++) {
            assertThat(verifier.judge(der(peer))).isInstanceOf(Judgement.Undecided.class);
        }
        answer.countDown();
        assertTrusted(judge(verifier, peer));
        assertThat(web.requests).hasSize(1);
    }

    @Test
    void line28_inquiriesUnderWayAreBounded() throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        Revocations bounded = new Revocations(
                request -> {
                    most.accumulateAndGet(open.incrementAndGet(), Math::max);
                    release.await();
                    open.decrementAndGet();
                    throw new FetchException("nothing today");
                },
                RandomSource.secure(),
                clock);
        RevocationRules rules = new RevocationRules(
                true, List.of(RevocationMethod.OCSP), AllowedHosts.of(List.of(web.host())), Set.of());
        List<IssuedCertificate> steps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            steps.add(new IssuedCertificate(issue("p" + i + ".example").certificate(), ROOT.certificate()));
        }
        for (int round = 0; round < 3; round++) {
            steps.forEach(step -> assertThat(bounded.finding(step, rules)).isEmpty());
        }
        await().until(() -> open.get() == 64);
        release.countDown();
        await().until(() ->
                steps.stream().allMatch(step -> bounded.finding(step, rules).isPresent()));
        assertThat(most).hasValue(64);
    }

    @Test
    void verifiersAreEqualWhenTheyAskAndTrustTheSame() {
        assertThat(verifier(RevocationPolicy.HARD, RevocationMethod.CRL))
                .isEqualTo(verifier(RevocationPolicy.HARD, RevocationMethod.CRL))
                .isNotEqualTo(verifier(RevocationPolicy.SOFT, RevocationMethod.CRL))
                .isNotEqualTo(verifier(RevocationPolicy.HARD, RevocationMethod.OCSP))
                .isNotEqualTo(verifier(RevocationPolicy.OFF, RevocationMethod.CRL));
    }
}
