package dev.culvert.crypto.x509;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A certificate revocation list (RFC 5280 §5). No delta CRLs, and none that somebody else than the certificate's issuer
 * signs. Immutable; equal when the encodings are.
 */
public final class Crl {
    /** How far our clock and the issuer's may be apart; the JDK's own value for the rest. */
    private static final Duration SKEW = Duration.ofMinutes(15);

    private static final String DELTA_CRL_INDICATOR = "2.5.29.27";

    private final X509CRL crl;
    /** The JDK goes through the whole list for it each time. */
    private final int hash;

    private Crl(X509CRL crl) {
        this.crl = crl;
        this.hash = crl.hashCode();
    }

    /** Reads one in DER; empty for anything else, octets behind it included. */
    public static Optional<Crl> parse(byte[] der) {
        if (der.length == 0 || der[0] != 0x30) {
            return Optional.empty();
        }
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
            return in.available() == 0 ? Optional.of(new Crl(crl)) : Optional.empty();
        } catch (CertificateException | CRLException | RuntimeException e) {
            // the JDK's parser lets some unchecked ones through
            return Optional.empty();
        }
    }

    /** Whether it is of that issuer, by name. */
    public boolean isOf(IssuedCertificate step) {
        return crl.getIssuerX500Principal().equals(step.issuer().getSubjectX500Principal());
    }

    /**
     * What it says of a certificate. Who signed it, when, and for what scope is looked at here; entries and
     * distribution points by the JDK's PKIX.
     */
    public RevocationStatus status(IssuedCertificate step, Instant now) {
        Optional<String> unusable = unusable(step, now);
        if (unusable.isPresent()) {
            return new RevocationStatus.Undetermined(unusable.get());
        }
        RevocationStatus status =
                RevocationPath.status(step, now, crl.getNextUpdate().toInstant(), (validator, parameters) -> {
                    // Not the PKIXRevocationChecker: that follows the certificate's pointers by itself, wherever they
                    // lead. This way the JDK looks at the lists that it is given, and at nothing else.
                    parameters.setRevocationEnabled(true);
                    parameters.addCertStore(
                            CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl))));
                });
        return status instanceof RevocationStatus.Undetermined
                ? new RevocationStatus.Undetermined("the CRL is for other certificates or for some reasons only")
                : status;
    }

    private Optional<String> unusable(IssuedCertificate step, Instant now) {
        if (!isOf(step)) {
            return Optional.of("the CRL is of " + crl.getIssuerX500Principal().getName() + ", not of the issuer "
                    + step.issuerName());
        }
        if (!step.issuerMaySignCrls()) {
            return Optional.of("the key usage of " + step.issuerName() + " does not allow to sign CRLs");
        }
        if (crl.getSigAlgName().toUpperCase(Locale.ROOT).contains("SHA1")) {
            return Optional.of("the CRL is signed with SHA-1");
        }
        try {
            crl.verify(step.issuer().getPublicKey());
        } catch (GeneralSecurityException | RuntimeException e) {
            return Optional.of("the CRL is not signed by the issuer's key");
        }
        if (crl.getExtensionValue(DELTA_CRL_INDICATOR) != null) {
            return Optional.of("it is a delta CRL");
        }
        if (crl.getNextUpdate() == null) {
            return Optional.of("the CRL does not say when the next one is due");
        }
        if (crl.getThisUpdate().toInstant().isAfter(now.plus(SKEW))) {
            return Optional.of(
                    "the CRL is only valid from " + crl.getThisUpdate().toInstant());
        }
        if (crl.getNextUpdate().toInstant().isBefore(now)) {
            return Optional.of(
                    "the CRL is out of date since " + crl.getNextUpdate().toInstant());
        }
        return Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Crl that && hash == that.hash && crl.equals(that.crl);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
