package dev.culvert.crypto.x509;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the certificates that a peer sent lead from its own to a trust anchor (RFC 5280 §6, by the JDK's PKIX): times,
 * basic constraints, key usage, name constraints, path lengths, unknown critical extensions. Revocation is looked at
 * elsewhere. Immutable; the time is passed in.
 *
 * <p>On top of that, as RFC 4945 §5.1.3 and strongSwan have it: a key usage has to allow signatures, an extended key
 * usage has to be one of those that certificates for IKE are issued with. And no SHA-1 in the chain.
 */
public final class ChainValidator {
    /** Certificates that are looked at in one message. */
    public static final int MAX_CERTIFICATES = 8;

    /** Intermediate certificates between the peer's and the anchor. */
    private static final int MAX_INTERMEDIATES = 5;

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int CONTENT_COMMITMENT = 1;
    /** anyExtendedKeyUsage, serverAuth, clientAuth, ipsecEndSystem, ipsecTunnel, ipsecUser, ipsecIKE, iKEIntermediate. */
    private static final Set<String> FOR_IKE = Set.of(
            "2.5.29.37.0",
            "1.3.6.1.5.5.7.3.1",
            "1.3.6.1.5.5.7.3.2",
            "1.3.6.1.5.5.7.3.5",
            "1.3.6.1.5.5.7.3.6",
            "1.3.6.1.5.5.7.3.7",
            "1.3.6.1.5.5.7.3.17",
            "1.3.6.1.5.5.8.2.2");

    private final TrustBundle bundle;

    public ChainValidator(TrustBundle bundle) {
        this.bundle = bundle;
    }

    /** What came of it. */
    public sealed interface Result {
        /**
         * The peer's certificate can be believed.
         *
         * @param path the peer's certificate first, the anchor last; only the former if it is an anchor itself
         */
        record Trusted(List<X509Certificate> path) implements Result {
            public Trusted {
                path = List.copyOf(path);
            }
        }

        /** It cannot, and that is why, in words for people. */
        record Refused(String why) implements Result {}
    }

    /**
     * Looks for a path.
     *
     * @param encoded in DER, the peer's own first (RFC 7296 §3.6), the others in any order
     */
    public Result validate(List<byte[]> encoded, Instant now) {
        if (encoded.isEmpty()) {
            return new Result.Refused("it sent no X.509 certificate");
        }
        if (encoded.size() > MAX_CERTIFICATES) {
            return new Result.Refused(
                    "it sent " + encoded.size() + " certificates, at most " + MAX_CERTIFICATES + " are looked at");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : encoded) {
            Optional<X509Certificate> certificate = Certificates.parse(der);
            if (certificate.isEmpty()) {
                return new Result.Refused("it sent a certificate that cannot be read");
            }
            certificates.add(certificate.get());
        }
        X509Certificate own = certificates.getFirst();
        Optional<String> unfit = unfit(own);
        if (unfit.isPresent()) {
            return new Result.Refused(unfit.get());
        }
        if (bundle.anchors().contains(own)) {
            return Certificates.isValidAt(own, now)
                    ? new Result.Trusted(List.of(own))
                    : new Result.Refused(outOfTime(own));
        }
        return validate(own, certificates, now);
    }

    private Result validate(X509Certificate own, List<X509Certificate> certificates, Instant now) {
        try {
            Optional<List<X509Certificate>> built = build(own, certificates, now);
            if (built.isEmpty()) {
                return new Result.Refused(why(own, certificates, now));
            }
            List<X509Certificate> path = built.get();
            for (X509Certificate certificate : path.subList(0, path.size() - 1)) {
                if (certificate.getSigAlgName().toUpperCase(Locale.ROOT).contains("SHA1")) {
                    return new Result.Refused(
                            "the certificate of " + Certificates.name(certificate) + " is signed with SHA-1");
                }
            }
            X509Certificate anchor = path.getLast();
            if (!AnchorConstraints.allow(anchor, path.subList(0, path.size() - 1))) {
                return new Result.Refused("the chain of " + Certificates.name(own)
                        + " is not valid: the name constraints of " + Certificates.name(anchor)
                        + " do not permit its names");
            }
            return Certificates.isValidAt(anchor, now)
                    ? new Result.Trusted(path)
                    : new Result.Refused(outOfTime(anchor));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's PKIX failed", e);
        }
    }

    private Optional<List<X509Certificate>> build(X509Certificate own, List<X509Certificate> certificates, Instant now)
            throws GeneralSecurityException {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(own);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(), target);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.setMaxPathLength(MAX_INTERMEDIATES);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(certificates)));
            PKIXCertPathBuilderResult built = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            List<X509Certificate> path = new ArrayList<>();
            built.getCertPath().getCertificates().forEach(c -> path.add((X509Certificate) c));
            path.add(built.getTrustAnchor().getTrustedCert());
            return Optional.of(path);
        } catch (CertPathBuilderException e) {
            return Optional.empty();
        }
    }

    private Set<TrustAnchor> anchors() {
        Set<TrustAnchor> anchors = new HashSet<>();
        bundle.anchors().forEach(anchor -> anchors.add(new TrustAnchor(anchor, null)));
        return anchors;
    }

    private static Optional<String> unfit(X509Certificate own) {
        boolean[] usage = own.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[CONTENT_COMMITMENT]) {
            return Optional.of("the key usage of its certificate does not allow signatures");
        }
        try {
            List<String> extended = own.getExtendedKeyUsage();
            if (extended != null && extended.stream().noneMatch(FOR_IKE::contains)) {
                return Optional.of("the extended key usage of its certificate is for something else than IKE: "
                        + String.join(", ", extended));
            }
        } catch (CertificateParsingException e) {
            return Optional.of("it sent a certificate that cannot be read");
        }
        return Optional.empty();
    }

    /** The builder only says that it found no path; people want to know which certificate and what to do. */
    private String why(X509Certificate own, List<X509Certificate> certificates, Instant now)
            throws GeneralSecurityException {
        List<X509Certificate> path = pathByNames(own, certificates);
        for (X509Certificate certificate : path) {
            if (!Certificates.isValidAt(certificate, now)) {
                return outOfTime(certificate);
            }
        }
        String missing = path.getLast().getIssuerX500Principal().getName();
        if (bundle.anchors().stream()
                .noneMatch(anchor -> anchor.getSubjectX500Principal().getName().equals(missing))) {
            return "no chain leads from " + Certificates.name(own)
                    + " to a certificate of the trust bundle; missing or not trusted is " + missing + ", trusted is "
                    + bundle.anchors().stream()
                            .map(Certificates::name)
                            .sorted()
                            .limit(5)
                            .collect(Collectors.joining(" and "));
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors());
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return "the chain of " + Certificates.name(own) + " is longer than " + MAX_INTERMEDIATES
                    + " intermediate certificates";
        } catch (CertPathValidatorException e) {
            return "the chain of " + Certificates.name(own) + " is not valid: " + e.getMessage();
        }
    }

    /** From the peer's certificate as far as the issuers' names lead. */
    private static List<X509Certificate> pathByNames(X509Certificate own, List<X509Certificate> certificates) {
        List<X509Certificate> path = new ArrayList<>(List.of(own));
        Optional<X509Certificate> next = Optional.of(own);
        while (next.isPresent()) {
            X509Certificate last = next.get();
            next = certificates.stream()
                    .filter(c -> !path.contains(c))
                    .filter(c -> c.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                    .findFirst();
            next.ifPresent(path::add);
        }
        return path;
    }

    private static String outOfTime(X509Certificate certificate) {
        return "the certificate of " + Certificates.name(certificate) + " is valid from "
                + certificate.getNotBefore().toInstant() + " to "
                + certificate.getNotAfter().toInstant();
    }

    /** The distinguished names of the anchors in DER, sorted; empty ones are left out. */
    public List<byte[]> authorityNames() {
        return bundle.anchors().stream()
                .map(anchor -> anchor.getSubjectX500Principal())
                .filter(name -> !name.getName().isEmpty())
                .distinct()
                .map(name -> name.getEncoded())
                .sorted(Arrays::compare)
                .toList();
    }

    /** SHA-1 hashes of the anchors' keys, for CERTREQ. */
    public List<byte[]> authorityHashes() {
        return bundle.anchors().stream()
                .map(Certificates::authorityHash)
                .sorted(Arrays::compareUnsigned)
                .toList();
    }

    public TrustBundle bundle() {
        return bundle;
    }
}
