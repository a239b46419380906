package dev.culvert.crypto.x509;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has the JDK's PKIX look at one step of a chain, with the issuer as its anchor. */
final class RevocationPath {
    private RevocationPath() {}

    /** Sets up what is to be looked at. */
    interface Preparation {
        void accept(CertPathValidator validator, PKIXParameters parameters) throws GeneralSecurityException;
    }

    /**
     * Validates.
     *
     * @param until when newer information will be there
     */
    static RevocationStatus status(IssuedCertificate step, Instant now, Instant until, Preparation preparation) {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(step.certificate()));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(step.issuer(), null)));
            parameters.setDate(Date.from(now));
            preparation.accept(validator, parameters);
            validator.validate(path, parameters);
            return new RevocationStatus.Good(until);
        } catch (CertPathValidatorException e) {
            if (e.getCause() instanceof CertificateRevokedException revoked) {
                return new RevocationStatus.Revoked(
                        revoked.getRevocationDate().toInstant(),
                        revoked.getRevocationReason().name(),
                        revoked.getAuthorityName().getName(),
                        until);
            }
            return new RevocationStatus.Undetermined(
                    Optional.ofNullable(e.getMessage()).orElse("it cannot be read"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's PKIX failed", e);
        } catch (RuntimeException e) {
            // the JDK's parsers let some unchecked ones through
            return new RevocationStatus.Undetermined("it cannot be read");
        }
    }
}
