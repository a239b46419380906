package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.crypto.x509.CertificateProblemException;
import dev.culvert.crypto.x509.OwnCertificate;
import dev.culvert.crypto.x509.TrustBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks certificates that a tunnel refers to. No message says anything of a private key. */
public final class CertificateValidation {
    /**
     * How long ahead of its end a certificate is warned about. cert-manager renews after two thirds of the life, so that
     * one that comes as near as this to its end is not being renewed.
     */
    public static final Duration EXPIRING_SOON = Duration.ofDays(7);

    /** Certificates of shorter life are warned about in their last tenth. */
    private static final int LAST_PART = 10;

    private CertificateValidation() {}

    /**
     * Problems of this end's certificate and key.
     *
     * @param fieldPath of the reference to them
     */
    public static List<Problem> own(String fieldPath, byte[] certificates, byte[] privateKey, Instant now) {
        OwnCertificate own;
        try {
            own = OwnCertificate.parse(certificates, privateKey);
        } catch (CertificateProblemException e) {
            return List.of(invalid(fieldPath, e));
        }
        if (own.outOfTime(now).isPresent()) {
            return List.of(new Problem(
                    Problem.Severity.ERROR,
                    ConditionReasons.CERTIFICATE_EXPIRED,
                    fieldPath,
                    own.outOfTime(now).get(),
                    null));
        }
        Duration life = Duration.between(own.endEntity().getNotBefore().toInstant(), own.notAfter());
        Duration ahead =
                EXPIRING_SOON.compareTo(life.dividedBy(LAST_PART)) < 0 ? EXPIRING_SOON : life.dividedBy(LAST_PART);
        return now.isBefore(own.notAfter().minus(ahead))
                ? List.of()
                : List.of(new Problem(
                        Problem.Severity.WARNING,
                        ConditionReasons.CERTIFICATE_EXPIRING_SOON,
                        fieldPath,
                        "the certificate ends at " + own.notAfter() + " and has not been renewed",
                        null));
    }

    /**
     * Problems of a trust bundle.
     *
     * @param revocation what the tunnel wants to know of the certificates that lead to it
     */
    public static List<Problem> trustBundle(String fieldPath, byte[] certificates, @Nullable Revocation revocation) {
        try {
            TrustBundle bundle = TrustBundle.parse(certificates);
            if (revocation == null
                    || !revocation.isOn()
                    || !revocation.allowedHosts().isEmpty()
                    || !bundle.crls().isEmpty()) {
                return List.of();
            }
            return List.of(new Problem(
                    Problem.Severity.ERROR,
                    ConditionReasons.CERTIFICATE_INVALID,
                    fieldPath,
                    "revocation has policy " + revocation.policy()
                            + ", but no allowedHosts, and the trust bundle holds no CRL: nobody can say what is revoked",
                    null));
        } catch (CertificateProblemException e) {
            return List.of(invalid(fieldPath, e));
        }
    }

    private static Problem invalid(String fieldPath, CertificateProblemException e) {
        return new Problem(
                Problem.Severity.ERROR,
                ConditionReasons.CERTIFICATE_INVALID,
                fieldPath,
                String.valueOf(e.getMessage()),
                null);
    }
}
