package dev.culvert.crypto.x509;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;

/** Line 29 of the bad inputs: chains that are long, broken, in circles or not ASN.1. */
class ChainValidatorTest {
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");
    private static final Instant NOW = TestAuthority.NOW;

    private final ChainValidator validator = new ChainValidator(new TrustBundle(Set.of(ROOT.certificate())));

    private static List<byte[]> der(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(certificate -> {
                    try {
                        return certificate.getEncoded();
                    } catch (CertificateEncodingException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private boolean trusts(List<X509Certificate> chain) {
        return validator.validate(der(chain), NOW) instanceof ChainValidator.Result.Trusted;
    }

    private String refusal(List<byte[]> chain) {
        return validator.validate(chain, NOW) instanceof ChainValidator.Result.Refused(String why) ? why : "";
    }

    @Test
    void theOrderOfTheIntermediatesDoesNotMatter() {
        List<X509Certificate> chain = ROOT.intermediate("one", "ecp256")
                .intermediate("two", "ecp256")
                .intermediate("three", "ecp256")
                .gateway("a.example", "ecp256")
                .chain();
        assertThat(trusts(chain)).isTrue();
        List<X509Certificate> mixed = new ArrayList<>(chain);
        Collections.swap(mixed, 1, 3);
        assertThat(trusts(mixed)).isTrue();
        assertThat(trusts(chain.subList(0, 3))).isFalse();
        assertThat(trusts(List.of())).isFalse();
        // the root in the message is harmless, and no anchor
        mixed.add(ROOT.certificate());
        assertThat(trusts(mixed)).isTrue();
        TestAuthority own = TestAuthority.root("Own", "ecp256");
        assertThat(trusts(List.of(own.gateway("a.example", "ecp256").certificate(), own.certificate())))
                .isFalse();
    }

    @Test
    void line29_aChainOfAHundred() {
        TestAuthority authority = ROOT;
        for (int i = 0; i < 6; i++) {
            authority = authority.intermediate("level " + i, "ecp256");
        }
        List<X509Certificate> seven = authority.gateway("a.example", "ecp256").chain();
        assertThat(refusal(der(seven))).contains("longer than 5");
        List<byte[]> hundred =
                new ArrayList<>(Collections.nCopies(100, der(seven).getFirst()));
        assertThat(refusal(hundred)).contains("100 certificates");
    }

    @Test
    void line29_aCircle() {
        // each is issued by the other, neither by the root
        TestAuthority first = TestAuthority.root("Snake", "ecp256");
        TestAuthority tail = first.intermediate("Tail", "ecp256");
        X509Certificate head = tail.intermediate("Snake", "ecp256").certificate();
        List<X509Certificate> circle =
                List.of(first.gateway("a.example", "ecp256").certificate(), head, tail.certificate());
        assertThat(refusal(der(circle))).contains("no chain leads from");
    }

    @Test
    void line29_whoIsNoAuthorityIssuesNothing() {
        // a gateway's certificate used as if it were an authority's
        Credential gateway = ROOT.gateway("a.example", "ecp256");
        TestAuthority pretended = ROOT.intermediate(
                "Pretended",
                "ecp256",
                issue -> issue.extension(Extension.basicConstraints, true, new BasicConstraints(false)));
        assertThat(trusts(pretended.gateway("b.example", "ecp256").chain())).isFalse();
        TestAuthority unable =
                ROOT.intermediate("Unable", "ecp256", issue -> issue.keyUsage(128 /* digitalSignature */));
        assertThat(trusts(unable.gateway("b.example", "ecp256").chain())).isFalse();
        TestAuthority last = ROOT.intermediate(
                "Last", "ecp256", issue -> issue.extension(Extension.basicConstraints, true, new BasicConstraints(0)));
        assertThat(trusts(last.gateway("b.example", "ecp256").chain())).isTrue();
        assertThat(trusts(last.intermediate("Below", "ecp256")
                        .gateway("b.example", "ecp256")
                        .chain()))
                .isFalse();
        assertThat(trusts(gateway.chain())).isTrue();
    }

    @Test
    void line29_nameConstraintsOfIntermediateAndAnchor() {
        TestAuthority constrained =
                ROOT.intermediate("Constrained", "ecp256", issue -> issue.permitted("allowed.example"));
        assertThat(trusts(constrained.gateway("a.allowed.example", "ecp256").chain()))
                .isTrue();
        assertThat(refusal(der(constrained.gateway("a.example", "ecp256").chain())))
                .contains("is not valid");
        ChainValidator ofConstrained = new ChainValidator(new TrustBundle(Set.of(constrained.certificate())));
        assertThat(ofConstrained.validate(
                        der(List.of(constrained
                                .gateway("a.allowed.example", "ecp256")
                                .certificate())),
                        NOW))
                .isInstanceOf(ChainValidator.Result.Trusted.class);
        assertThat(ofConstrained.validate(
                        der(List.of(constrained.gateway("a.example", "ecp256").certificate())), NOW))
                .isInstanceOf(ChainValidator.Result.Refused.class);
    }

    @Test
    void line29_unknownCriticalExtensions() {
        assertThat(trusts(ROOT.issue(
                                "CN=a",
                                "ecp256",
                                issue -> issue.dns("a.example")
                                        .extension(
                                                new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"),
                                                true,
                                                DERNull.INSTANCE))
                        .chain()))
                .isFalse();
    }

    @Test
    void line29_sha1AndShortKeysInTheChain() {
        TestAuthority rsa = TestAuthority.root("RSA", "rsa2048");
        ChainValidator ofRsa = new ChainValidator(new TrustBundle(Set.of(rsa.certificate())));
        Credential weak =
                rsa.issue("CN=a", "ecp256", issue -> issue.dns("a.example").signedWith("SHA1withRSA"));
        assertThat(ofRsa.validate(der(weak.chain()), NOW))
                .isInstanceOf(ChainValidator.Result.Refused.class)
                .asString()
                .contains("SHA-1");
    }

    @Test
    void timesOfEveryCertificateCount() {
        Instant past = NOW.minus(Duration.ofDays(3));
        TestAuthority old = ROOT.intermediate("Old", "ecp256", issue -> issue.valid(past, past.plusSeconds(60)));
        Credential credential = old.gateway("a.example", "ecp256");
        assertThat(refusal(der(credential.chain()))).contains("CN=Old", "is valid from");
        List<byte[]> direct = der(ROOT.gateway("b.example", "ecp256").chain());
        assertThat(validator.validate(direct, NOW)).isInstanceOf(ChainValidator.Result.Trusted.class);
        assertThat(validator.validate(direct, NOW.plus(Duration.ofDays(366))))
                .isInstanceOf(ChainValidator.Result.Refused.class);
        assertThat(validator.validate(direct, NOW.minus(Duration.ofDays(2))))
                .isInstanceOf(ChainValidator.Result.Refused.class);
    }

    @Test
    void line29_deepAndBrokenAsn1() {
        byte[] good = der(ROOT.gateway("a.example", "ecp256").chain()).getFirst();
        assertThat(refusal(List.of(nested(7000)))).contains("cannot be read");
        assertThat(refusal(List.of(new byte[0]))).contains("cannot be read");
        assertThat(refusal(List.of(Arrays.copyOf(good, good.length + 1)))).contains("cannot be read");
        assertThat(refusal(List.of(new byte[Certificates.MAX_LENGTH + 1]))).contains("cannot be read");
        for (int length = 0; length < good.length; length++) {
            assertThat(Certificates.parse(Arrays.copyOf(good, length))).isEmpty();
        }
    }

    /** SEQUENCE in SEQUENCE in SEQUENCE, of indefinite length. */
    private static byte[] nested(int depth) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < depth; i++) {
            out.write(0x30);
            out.write(0x80);
        }
        return out.toByteArray();
    }
}
