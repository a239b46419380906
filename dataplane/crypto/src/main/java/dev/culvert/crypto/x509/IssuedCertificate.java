package dev.culvert.crypto.x509;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/**
 * One step of a valid chain: a certificate and the one of its issuer, whose revocation information is believed.
 *
 * @param issuer signed the certificate
 */
public record IssuedCertificate(X509Certificate certificate, X509Certificate issuer) {
    /** Pointers of a kind that are looked at; who issues certificates has one or two. */
    private static final int MAX_POINTERS = 4;

    /** The steps of a path: the peer's certificate first, the anchor last, about which nobody can be asked. */
    public static List<IssuedCertificate> of(List<X509Certificate> path) {
        List<IssuedCertificate> steps = new ArrayList<>();
        for (int i = 0; i + 1 < path.size(); i++) {
            steps.add(new IssuedCertificate(path.get(i), path.get(i + 1)));
        }
        return steps;
    }

    /**
     * Where CRLs of all reasons and of the issuer itself are to be had (RFC 5280 §4.2.1.13): URLs of any scheme, as the
     * certificate has them.
     */
    public List<String> crlUrls() {
        List<String> urls = new ArrayList<>();
        try {
            CRLDistPoint points = CRLDistPoint.fromExtensions(holder().getExtensions());
            for (DistributionPoint point : points == null ? new DistributionPoint[0] : points.getDistributionPoints()) {
                DistributionPointName name = point.getDistributionPoint();
                if (name != null
                        && name.getType() == DistributionPointName.FULL_NAME
                        && point.getReasons() == null
                        && point.getCRLIssuer() == null) {
                    for (GeneralName general :
                            GeneralNames.getInstance(name.getName()).getNames()) {
                        add(urls, general);
                    }
                }
            }
        } catch (RuntimeException | CertificateEncodingException unreadable) {
            // points nowhere
        }
        return urls.stream().distinct().limit(MAX_POINTERS).toList();
    }

    /** Its OCSP responders (RFC 6960 §3.1): URLs of any scheme. */
    public List<String> ocspUrls() {
        List<String> urls = new ArrayList<>();
        try {
            AuthorityInformationAccess access = AuthorityInformationAccess.fromExtensions(holder().getExtensions());
            for (AccessDescription description :
                    access == null ? new AccessDescription[0] : access.getAccessDescriptions()) {
                if (description.getAccessMethod().equals(AccessDescription.id_ad_ocsp)) {
                    add(urls, description.getAccessLocation());
                }
            }
        } catch (RuntimeException | CertificateEncodingException unreadable) {
            // points nowhere
        }
        return urls.stream().distinct().limit(MAX_POINTERS).toList();
    }

    /** For people: the subject and the serial number. */
    public String name() {
        return Certificates.name(certificate) + " (serial number "
                + certificate.getSerialNumber().toString(16) + ")";
    }

    /** For people. */
    public String issuerName() {
        return Certificates.name(issuer);
    }

    X509CertificateHolder holder() throws CertificateEncodingException {
        return new JcaX509CertificateHolder(certificate);
    }

    private static void add(List<String> urls, GeneralName name) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier) {
            urls.add(name.getName().toString());
        }
    }

    /** Of the extension that says what a certificate's key is for; absent means anything. */
    boolean issuerMaySignCrls() {
        boolean[] usage = issuer.getKeyUsage();
        int cRLSign = 6;
        return usage == null || usage[cRLSign];
    }
}
