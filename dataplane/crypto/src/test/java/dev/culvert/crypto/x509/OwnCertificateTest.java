package dev.culvert.crypto.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.crypto.signature.KeyType;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading tls.crt, tls.key and a trust bundle. */
class OwnCertificateTest {
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");

    private static byte[] text(String pem) {
        return pem.getBytes(StandardCharsets.UTF_8);
    }

    /** PKCS #1 for RSA and SEC 1 for EC, as cert-manager writes them unless told otherwise. */
    private static String traditional(PrivateKey key) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            if (key instanceof ECPrivateKey ec) {
                PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
                int bits = ec.getParams().getOrder().bitLength();
                writer.writeObject(new PemObject(
                        "EC PRIVATE KEY",
                        new org.bouncycastle.asn1.sec.ECPrivateKey(
                                        bits,
                                        ec.getS(),
                                        info.getPrivateKeyAlgorithm().getParameters())
                                .getEncoded()));
            } else {
                writer.writeObject(key);
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa2048, RSA, RSA PRIVATE KEY",
        "ecp256, ECDSA_P256, EC PRIVATE KEY",
        "ecp384, ECDSA_P384, EC PRIVATE KEY",
        "ecp521, ECDSA_P521, EC PRIVATE KEY",
        "ed25519, ED25519, PRIVATE KEY",
        "ed448, ED448, PRIVATE KEY"
    })
    void readsEveryKindOfKey(String kind, KeyType type, String block) throws Exception {
        Credential credential = ROOT.intermediate("Issuing", "ecp256").gateway("a.example", kind);
        String old = traditional(credential.key());
        assertThat(old).contains("-----BEGIN " + block + "-----");
        for (String key : new String[] {credential.keyPem(), old, "a comment\n" + old}) {
            OwnCertificate own = OwnCertificate.parse(text(credential.chainPem()), text(key));
            assertThat(own.key().type()).isEqualTo(type);
            assertThat(own.chain()).isEqualTo(credential.chain());
            assertThat(own.endEntity()).isEqualTo(credential.certificate());
            assertThat(own.outOfTime(TestAuthority.NOW)).isEmpty();
            assertThat(own.outOfTime(TestAuthority.NOW.plus(Duration.ofDays(400))))
                    .isPresent();
            assertThat(own.toString())
                    .doesNotContain(old.lines().skip(1).findFirst().orElseThrow());
        }
    }

    @Test
    void line63_whatCannotBeUsedIsSaidWithoutTheKey() {
        Credential a = ROOT.gateway("a.example", "ecp256");
        Credential b = ROOT.gateway("b.example", "ecp256");
        assertProblem(a.chainPem(), b.keyPem(), "does not belong to the certificate");
        assertProblem("", a.keyPem(), "no certificate");
        assertProblem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", a.keyPem(), "cannot be read");
        assertProblem("-----BEGIN CERTIFICATE-----\n!", a.keyPem(), "not PEM");
        assertProblem(a.chainPem(), "", "no private key");
        assertProblem(a.chainPem(), a.chainPem(), "no private key");
        assertProblem(a.keyPem(), a.keyPem(), "PEM block of type PRIVATE KEY");
        assertProblem(
                a.chainPem(),
                "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n",
                "no private key that can be read");
        Credential small = ROOT.gateway("c.example", "rsa1024");
        assertProblem(small.chainPem(), small.keyPem(), "is none of RSA with 2048 bits");
        assertProblem(a.chainPem().repeat(9), a.keyPem(), "at most 8");
    }

    private static void assertProblem(String certificates, String key, String message) {
        assertThatThrownBy(() -> OwnCertificate.parse(text(certificates), text(key)))
                .isInstanceOf(CertificateProblemException.class)
                .hasMessageContaining(message);
    }

    @Test
    void readsTrustBundles() throws CertificateProblemException {
        TestAuthority other = TestAuthority.root("Other", "rsa2048");
        TrustBundle both = TrustBundle.parse(text("# Root\n" + ROOT.pem() + "\n# Other\n" + other.pem()));
        assertThat(both.anchors()).containsExactlyInAnyOrder(ROOT.certificate(), other.certificate());
        assertThat(both).isEqualTo(TrustBundle.parse(text(other.pem() + ROOT.pem() + ROOT.pem())));
        assertThatThrownBy(() -> TrustBundle.parse(text("")))
                .isInstanceOf(CertificateProblemException.class)
                .hasMessageContaining("no certificate");
        assertThatThrownBy(() -> TrustBundle.parse(text(other.pem().replace("MII", "MIX"))))
                .isInstanceOf(CertificateProblemException.class);
    }
}
