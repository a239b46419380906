package dev.culvert.crypto.x509;

import static dev.culvert.testkit.certificates.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.RandomSource;
import dev.culvert.testkit.certificates.OpensslAuthority;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CRLs and OCSP responses that OpenSSL makes, good ones and all kinds of others. */
class RevocationTest {
    private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    private static final TestAuthority ROOT = TestAuthority.root("Revocation root", "ecp256");

    private final Path directory;

    private final X509Certificate certificate =
            ROOT.gateway("gateway.example", "ecp256").certificate();
    private final IssuedCertificate step = new IssuedCertificate(certificate, ROOT.certificate());

    private final OpensslAuthority openssl;

    RevocationTest(@TempDir Path directory) {
        this.directory = directory;
        this.openssl = new OpensslAuthority(ROOT, directory.resolve("ca"));
    }

    private static Instant now() {
        return Instant.now();
    }

    private RevocationStatus byCrl(byte[] crl, Instant at) {
        return Crl.parse(crl).orElseThrow().status(step, at);
    }

    private RevocationStatus byCrl(byte[] crl) {
        return byCrl(crl, now());
    }

    private RevocationStatus byOcsp(Credential responder, String... options) {
        OcspInquiry inquiry = new OcspInquiry(step, RandomSource.secure());
        return inquiry.status(openssl.ocsp(inquiry.request(), responder, options), now());
    }

    private static String why(RevocationStatus status) {
        return status instanceof RevocationStatus.Undetermined(String why) ? why : status.toString();
    }

    // ---- CRL ----

    @Test
    void notOnTheCrl() {
        X509Certificate other = ROOT.gateway("other.example", "ecp256").certificate();
        RevocationStatus status =
                byCrl(openssl.revoked(other, YESTERDAY, "keyCompromise").crl("-crldays", "1"));
        assertThat(status).isInstanceOf(RevocationStatus.Good.class);
        assertThat(((RevocationStatus.Good) status).until())
                .isBetween(now().plus(Duration.ofHours(23)), now().plus(Duration.ofHours(25)));
    }

    @Test
    void onTheCrl() {
        byte[] crl = openssl.revoked(certificate, YESTERDAY, "keyCompromise").crl("-crldays", "1");
        assertThat(byCrl(crl)).isInstanceOfSatisfying(RevocationStatus.Revoked.class, revoked -> {
            assertThat(revoked.since()).isEqualTo(YESTERDAY);
            assertThat(revoked.reason()).isEqualTo("KEY_COMPROMISE");
            assertThat(revoked.authority()).contains("CN=Revocation root");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa2048", "ecp384", "ed25519", "ed448"})
    void crlsSignedWithEachKindOfKey(String kind) {
        TestAuthority root = TestAuthority.root("Root of " + kind, kind);
        X509Certificate certified = root.gateway("gateway.example", "ecp256").certificate();
        byte[] crl = new OpensslAuthority(root, directory.resolve(kind))
                .revoked(certified, YESTERDAY, "superseded")
                .crl(
                        kind.startsWith("ed")
                                ? new String[] {"-crldays", "1", "-md", "null"}
                                : new String[] {"-crldays", "1"});
        assertThat(Crl.parse(crl).orElseThrow().status(new IssuedCertificate(certified, root.certificate()), now()))
                .isInstanceOf(RevocationStatus.Revoked.class);
    }

    @Test
    void aCrlOutOfItsTime() {
        byte[] crl = openssl.revoked(certificate, YESTERDAY, "keyCompromise").crl("-crldays", "1");
        assertThat(why(byCrl(crl, now().plus(Duration.ofDays(2))))).contains("out of date since");
        assertThat(why(byCrl(crl, now().minus(Duration.ofHours(1))))).contains("only valid from");
    }

    @Test
    void aCrlOfAnotherAuthority() {
        TestAuthority stranger = TestAuthority.root("Stranger", "ecp256");
        TestAuthority forger = TestAuthority.root("Revocation root", "ecp384");
        assertThat(why(byCrl(new OpensslAuthority(stranger, directory.resolve("s")).crl("-crldays", "1"))))
                .contains("the CRL is of ", "CN=Stranger", "not of the issuer ", "CN=Revocation root");
        assertThat(why(byCrl(new OpensslAuthority(forger, directory.resolve("f")).crl("-crldays", "1"))))
                .contains("not signed by the issuer's key");
    }

    @Test
    void aCrlSignedWithSha1() {
        assertThat(why(byCrl(openssl.crl("-crldays", "1", "-md", "sha1")))).contains("SHA-1");
    }

    @Test
    void anIssuerThatMayNotSignCrls() {
        TestAuthority issuing = ROOT.intermediate("No CRLs", "ecp256", issue -> issue.keyUsage(KeyUsage.keyCertSign));
        X509Certificate certified = issuing.gateway("gateway.example", "ecp256").certificate();
        byte[] crl = new OpensslAuthority(issuing, directory.resolve("n")).crl("-crldays", "1");
        assertThat(why(Crl.parse(crl)
                        .orElseThrow()
                        .status(new IssuedCertificate(certified, issuing.certificate()), now())))
                .contains("does not allow to sign CRLs");
    }

    @Test
    void aCrlForOtherCertificatesOnly() {
        byte[] crl = openssl.withCrlExtension("issuingDistributionPoint = critical,@idp\n[idp]\nonlyCA = TRUE")
                .revoked(certificate, YESTERDAY, "keyCompromise")
                .crl("-crldays", "1");
        assertThat(why(byCrl(crl))).contains("for other certificates");
    }

    @Test
    void aCrlForSomeReasonsOnly() {
        byte[] crl = openssl.withCrlExtension(
                        "issuingDistributionPoint = critical,@idp\n[idp]\nonlysomereasons = keyCompromise")
                .crl("-crldays", "1");
        assertThat(why(byCrl(crl))).contains("for some reasons only");
    }

    @Test
    void aDeltaCrl() {
        byte[] crl =
                openssl.withCrlExtension("2.5.29.27 = critical,DER:02:01:01").crl("-crldays", "1");
        assertThat(why(byCrl(crl))).contains("delta CRL");
    }

    @Test
    void whatIsNoCrl() throws Exception {
        byte[] crl = openssl.crl("-crldays", "1");
        byte[] more = Arrays.copyOf(crl, crl.length + 1);
        assertThat(Crl.parse(new byte[0])).isEmpty();
        assertThat(Crl.parse("<html>".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(Crl.parse(certificate.getEncoded())).isEmpty();
        assertThat(Crl.parse(more)).isEmpty();
        for (int length = 0; length < crl.length; length += 3) {
            assertThat(Crl.parse(Arrays.copyOf(crl, length))).isEmpty();
        }
    }

    /** A pointer of the certificate that the JDK would follow by itself, if it were asked the wrong way. */
    @Test
    void line28_nothingIsFetchedWhenTheCrlDoesNotFit() throws Exception {
        try (ServerSocket trap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + trap.getLocalPort() + "/";
            X509Certificate pointing = ROOT.issue(
                            "CN=pointing", "ecp256", issue -> issue.crlAt(url).ocspAt(url))
                    .certificate();
            IssuedCertificate pointer = new IssuedCertificate(pointing, ROOT.certificate());
            assertThat(pointer.crlUrls()).containsExactly(url);
            assertThat(pointer.ocspUrls()).containsExactly(url);
            byte[] crl = openssl.withCrlExtension(
                            "issuingDistributionPoint = critical,@idp\n[idp]\nonlysomereasons = keyCompromise")
                    .crl("-crldays", "1");
            assertThat(Crl.parse(crl).orElseThrow().status(pointer, now()))
                    .isInstanceOf(RevocationStatus.Undetermined.class);
            OcspInquiry inquiry = new OcspInquiry(pointer, RandomSource.secure());
            assertThat(inquiry.status(openssl.ocsp(inquiry.request(), openssl.itself()), now()))
                    .isInstanceOf(RevocationStatus.Undetermined.class);
            trap.setSoTimeout(1);
            assertThatThrownBy(trap::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void crlsInTheTrustBundle() throws Exception {
        String crl = openssl.revoked(certificate, YESTERDAY, "keyCompromise").crlPem("-crldays", "1");
        TrustBundle bundle = TrustBundle.parse((ROOT.pem() + crl).getBytes(StandardCharsets.US_ASCII));
        assertThat(bundle.anchors()).isEqualTo(Set.of(ROOT.certificate()));
        assertThat(bundle.crls()).hasSize(1);
        assertThat(bundle.crls().iterator().next().status(step, now())).isInstanceOf(RevocationStatus.Revoked.class);
        assertThat(bundle).isNotEqualTo(new TrustBundle(Set.of(ROOT.certificate())));
    }

    // ---- OCSP ----

    @Test
    void goodByTheIssuerItself() {
        openssl.issued(certificate);
        RevocationStatus status = byOcsp(openssl.itself(), "-ndays", "1");
        assertThat(status).isInstanceOf(RevocationStatus.Good.class);
        assertThat(((RevocationStatus.Good) status).until()).isAfter(now().plus(Duration.ofHours(23)));
    }

    @Test
    void revokedByTheIssuerItself() {
        openssl.revoked(certificate, YESTERDAY, "CACompromise");
        assertThat(byOcsp(openssl.itself(), "-ndays", "1"))
                .isInstanceOfSatisfying(RevocationStatus.Revoked.class, revoked -> {
                    assertThat(revoked.since()).isEqualTo(YESTERDAY);
                    assertThat(revoked.reason()).isEqualTo("CA_COMPROMISE");
                });
    }

    @Test
    void aDelegatedResponder() {
        openssl.revoked(certificate, YESTERDAY, "keyCompromise");
        Credential responder = ROOT.issue("CN=responder", "ecp384", issue -> issue.extendedKeyUsage(OCSP_SIGNING));
        for (String[] options : List.of(new String[] {"-ndays", "1"}, new String[] {"-ndays", "1", "-resp_key_id"})) {
            assertThat(byOcsp(responder, options))
                    .isInstanceOfSatisfying(
                            RevocationStatus.Revoked.class,
                            revoked -> assertThat(revoked.authority()).contains("CN=responder"));
        }
    }

    /** Any other certificate of the same authority must not speak for it, the peer's own least of all. */
    @Test
    void aResponderWithoutTheExtendedKeyUsage() {
        openssl.issued(certificate);
        assertThat(why(byOcsp(ROOT.gateway("gateway.example", "ecp256"), "-ndays", "1")))
                .contains("not valid for signing OCSP responses");
    }

    @Test
    void aResponderOfAnotherAuthority() {
        openssl.issued(certificate);
        TestAuthority stranger = TestAuthority.root("Stranger", "ecp256");
        TestAuthority forger = TestAuthority.root("Revocation root", "ecp384");
        Credential strange = stranger.issue("CN=responder", "ecp256", i -> i.extendedKeyUsage(OCSP_SIGNING));
        Credential forged = forger.issue("CN=responder", "ecp256", i -> i.extendedKeyUsage(OCSP_SIGNING));
        assertThat(why(byOcsp(strange, "-ndays", "1"))).contains("not authorized to sign");
        assertThat(why(byOcsp(forged, "-ndays", "1"))).contains("Unable to verify");
    }

    @Test
    void aResponderOutOfItsTime() {
        openssl.issued(certificate);
        Credential old = ROOT.issue(
                "CN=old responder",
                "ecp256",
                issue -> issue.extendedKeyUsage(OCSP_SIGNING)
                        .valid(NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(2))));
        assertThat(why(byOcsp(old, "-ndays", "1"))).contains("validity");
    }

    @Test
    void aCertificateThatTheResponderDoesNotKnow() {
        assertThat(why(byOcsp(openssl.itself(), "-ndays", "1"))).contains("unknown");
    }

    @Test
    void aResponseOfYesterday() {
        openssl.issued(certificate);
        OcspInquiry inquiry = new OcspInquiry(step, RandomSource.secure());
        byte[] response = openssl.ocsp(inquiry.request(), openssl.itself(), "-nmin", "5");
        assertThat(inquiry.status(response, now())).isInstanceOf(RevocationStatus.Good.class);
        assertThat(why(inquiry.status(response, now().plus(Duration.ofHours(1)))))
                .contains("out-of-date");
        assertThat(why(inquiry.status(response, now().minus(Duration.ofHours(1)))))
                .contains("out-of-date");
    }

    @Test
    void aResponseToAnotherQuestion() {
        openssl.issued(certificate);
        OcspInquiry first = new OcspInquiry(step, RandomSource.secure());
        OcspInquiry second = new OcspInquiry(step, RandomSource.secure());
        byte[] response = openssl.ocsp(first.request(), openssl.itself(), "-ndays", "1");
        assertThat(first.status(response, now())).isInstanceOf(RevocationStatus.Good.class);
        assertThat(why(second.status(response, now()))).contains("Nonces don't match");
        IssuedCertificate other =
                new IssuedCertificate(ROOT.gateway("other.example", "ecp256").certificate(), ROOT.certificate());
        assertThat(why(new OcspInquiry(other, RandomSource.secure()).status(response, now())))
                .contains("does not include a response");
    }

    /** Signed ahead, as large responders do. */
    @Test
    void aResponseWithoutNonce() {
        byte[] response = ROOT.ocsp(certificate, true, YESTERDAY, NOW.plus(Duration.ofDays(1)), null);
        assertThat(new OcspInquiry(step, RandomSource.secure()).status(response, now()))
                .isInstanceOf(RevocationStatus.Revoked.class);
    }

    @Test
    void whatIsNoResponse() {
        openssl.issued(certificate);
        OcspInquiry inquiry = new OcspInquiry(step, RandomSource.secure());
        byte[] response = openssl.ocsp(inquiry.request(), openssl.itself(), "-ndays", "1");
        assertThat(why(inquiry.status(new byte[] {0x30, 3, 0x0a, 1, 3}, now()))).contains("tryLater");
        assertThat(why(inquiry.status(new byte[] {0x30, 3, 0x0a, 1, 6}, now()))).contains("unauthorized");
        for (int length = 0; length < response.length; length += 3) {
            assertThat(inquiry.status(Arrays.copyOf(response, length), now()))
                    .isInstanceOf(RevocationStatus.Undetermined.class);
        }
        for (int i = 0; i < response.length; i += 11) {
            byte[] flipped = response.clone();
            flipped[i] ^= 1;
            // an octet outside what is signed, such as the tag of a status that stays good, may be without effect
            assertThat(inquiry.status(flipped, now())).isNotInstanceOf(RevocationStatus.Revoked.class);
        }
    }
}
