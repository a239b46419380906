package dev.culvert.crypto.x509;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.signature.SignatureAlgorithm;
import dev.culvert.crypto.signature.VerifyingKey;
import dev.culvert.testkit.certificates.TestAuthority;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a peer sends to prove itself, before anything in it can be believed: no input throws, none is believed. */
class CertificateFuzzTest {
    /** Two certificates in DER, the first of the length that the first two octets say. */
    @FuzzTest
    void chain(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int length = Math.min(((input[0] & 0xff) << 8) | (input[1] & 0xff), input.length - 2);
        byte[] first = Arrays.copyOfRange(input, 2, 2 + length);
        byte[] second = Arrays.copyOfRange(input, 2 + length, input.length);
        Certificates.parse(first).ifPresent(certificate -> {
            Optional<VerifyingKey> key = VerifyingKey.of(certificate.getPublicKey());
            key.ifPresent(k -> k.verify(SignatureAlgorithm.ECDSA_SHA256, second, first));
            ChainValidator.Result itself = new ChainValidator(new TrustBundle(Set.of(certificate)))
                    .validate(List.of(first, second), Instant.EPOCH);
            if (itself instanceof ChainValidator.Result.Trusted && second.length > 0 && second[0] != 0x30) {
                throw new AssertionError("what is no certificate was passed over");
            }
        });
    }

    @FuzzTest
    void algorithmIdentifier(byte[] input) {
        SignatureAlgorithm.byIdentifier(input).ifPresent(algorithm -> {
            if (algorithm.identifier().isEmpty() || input[0] != 0x30 || input[1] != input.length - 2) {
                throw new AssertionError(algorithm + " by an identifier that is not its own");
            }
        });
    }

    @FuzzTest
    void pem(byte[] input) {
        try {
            TrustBundle.parse(input);
            OwnCertificate.parse(input, input);
        } catch (CertificateProblemException expected) {
            // says what is wrong
        }
    }

    private static final TestAuthority ROOT = TestAuthority.root("ca", "ecp256");
    private static final IssuedCertificate STEP =
            new IssuedCertificate(ROOT.issue("CN=e", "ecp256", issue -> {}).certificate(), ROOT.certificate());

    @FuzzTest
    void crl(byte[] input) {
        Crl.parse(input).ifPresent(crl -> {
            if (!(crl.status(STEP, Instant.EPOCH) instanceof RevocationStatus.Undetermined)) {
                throw new AssertionError("a CRL of nobody was believed");
            }
        });
    }

    @FuzzTest
    void ocspResponse(byte[] input) {
        OcspInquiry inquiry = new OcspInquiry(STEP, RandomSource.seeded(1));
        if (!(inquiry.status(input, Instant.EPOCH) instanceof RevocationStatus.Undetermined)) {
            throw new AssertionError("a response of nobody was believed");
        }
    }
}
