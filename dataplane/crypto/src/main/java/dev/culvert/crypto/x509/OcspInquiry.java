package dev.culvert.crypto.x509;

import dev.culvert.crypto.RandomSource;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.Extension;
import java.security.cert.PKIXRevocationChecker;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * One question about one certificate (RFC 6960), with a nonce; a response without one is as good while it is in its time
 * (§4.4.1), as responders that sign ahead send it. The response is believed by the JDK's PKIX: signed by the issuer, or
 * by whom the issuer made a responder (id-kp-OCSPSigning), whose own revocation is not looked at.
 */
public final class OcspInquiry {
    /** RFC 9654 §3: 32 octets. */
    private static final int NONCE_LENGTH = 32;

    private static final String NONCE = OCSPObjectIdentifiers.id_pkix_ocsp_nonce.getId();

    /** How long a response holds that does not say it. */
    private static final Duration WITHOUT_NEXT_UPDATE = Duration.ofMinutes(5);

    private final IssuedCertificate step;
    private final CertificateID id;
    private final byte[] nonce;

    /** @param random for the nonce */
    public OcspInquiry(IssuedCertificate step, RandomSource random) {
        this.step = step;
        try {
            byte[] octets = new byte[NONCE_LENGTH];
            random.fill(octets);
            nonce = new DEROctetString(octets).getEncoded();
            // SHA-1 only finds the certificate here, and is what every responder understands
            id = new CertificateID(
                    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                    new JcaX509CertificateHolder(step.issuer()),
                    step.certificate().getSerialNumber());
        } catch (IOException | GeneralSecurityException | OCSPException | OperatorCreationException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    /** The request in DER. */
    public byte[] request() {
        try {
            return new OCSPReqBuilder()
                    .addRequest(id)
                    .setRequestExtensions(new Extensions(new org.bouncycastle.asn1.x509.Extension(
                            OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, nonce)))
                    .build()
                    .getEncoded();
        } catch (IOException | OCSPException e) {
            throw new IllegalStateException("an OCSP request cannot be written", e);
        }
    }

    /** What a response in DER says. */
    public RevocationStatus status(byte[] response, Instant now) {
        Instant until;
        try {
            OCSPResp outer = new OCSPResp(response);
            if (outer.getStatus() != OCSPResp.SUCCESSFUL) {
                return new RevocationStatus.Undetermined("the responder answered " + nameOf(outer.getStatus()));
            }
            if (!(outer.getResponseObject() instanceof BasicOCSPResp basic)) {
                return new RevocationStatus.Undetermined("the response is of another kind than basic");
            }
            if (new DefaultSignatureNameFinder()
                    .getAlgorithmName(basic.getSignatureAlgorithmID())
                    .toUpperCase(Locale.ROOT)
                    .contains("SHA1")) {
                return new RevocationStatus.Undetermined("the response is signed with SHA-1");
            }
            until = until(basic);
        } catch (IOException | OCSPException | RuntimeException e) {
            return new RevocationStatus.Undetermined("the response is not one of OCSP");
        }
        return RevocationPath.status(step, now, until, (validator, parameters) -> {
            parameters.setRevocationEnabled(false);
            parameters.addCertPathChecker(checker(validator, response));
        });
    }

    /** With a response for the certificate in hand the checker asks nobody else. */
    private PKIXRevocationChecker checker(CertPathValidator validator, byte[] response) {
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
        checker.setOcspResponses(Map.of(step.certificate(), response));
        checker.setOcspExtensions(List.of(new NonceExtension(nonce)));
        return checker;
    }

    private Instant until(BasicOCSPResp basic) {
        Optional<SingleResp> single = List.of(basic.getResponses()).stream()
                .filter(r -> r.getCertID().equals(id))
                .findFirst();
        return single.map(s -> Optional.ofNullable(s.getNextUpdate())
                        .map(Date::toInstant)
                        .orElseGet(() -> s.getThisUpdate().toInstant().plus(WITHOUT_NEXT_UPDATE)))
                .orElse(Instant.EPOCH);
    }

    private static String nameOf(int status) {
        return switch (status) {
            case OCSPResp.MALFORMED_REQUEST -> "malformedRequest";
            case OCSPResp.INTERNAL_ERROR -> "internalError";
            case OCSPResp.TRY_LATER -> "tryLater";
            case OCSPResp.SIG_REQUIRED -> "sigRequired";
            case OCSPResp.UNAUTHORIZED -> "unauthorized";
            default -> "status " + status;
        };
    }

    private static final class NonceExtension implements Extension {
        private final byte[] value;

        NonceExtension(byte[] value) {
            this.value = value;
        }

        @Override
        public String getId() {
            return NONCE;
        }

        @Override
        public boolean isCritical() {
            return false;
        }

        @Override
        public byte[] getValue() {
            return value.clone();
        }

        @Override
        public void encode(OutputStream out) {
            throw new UnsupportedOperationException("the request is not the JDK's");
        }
    }
}
