package dev.culvert.crypto.x509;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/**
 * Name constraints of a trust anchor (RFC 5280 §4.2.1.10, RFC 5937 §3), which the JDK's PKIX looks at in intermediate
 * certificates only.
 */
final class AnchorConstraints {
    private AnchorConstraints() {}

    /** Whether every certificate under the anchor keeps to what that permits. */
    static boolean allow(X509Certificate anchor, List<X509Certificate> below) {
        try {
            Extension extension = new JcaX509CertificateHolder(anchor).getExtension(Extension.nameConstraints);
            if (extension == null) {
                return true;
            }
            NameConstraints constraints = NameConstraints.getInstance(extension.getParsedValue());
            PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
            GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
            if (permitted != null) {
                validator.intersectPermittedSubtree(permitted);
            }
            GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
            if (excluded != null) {
                for (GeneralSubtree subtree : excluded) {
                    validator.addExcludedSubtree(subtree);
                }
            }
            for (X509Certificate certificate : below) {
                check(validator, new JcaX509CertificateHolder(certificate));
            }
            return true;
        } catch (NameConstraintValidatorException | CertificateEncodingException | RuntimeException e) {
            // what cannot be read is not allowed
            return false;
        }
    }

    private static void check(PKIXNameConstraintValidator validator, JcaX509CertificateHolder certificate)
            throws NameConstraintValidatorException {
        X500Name subject = certificate.getSubject();
        if (subject.size() > 0) {
            check(validator, new GeneralName(subject));
        }
        GeneralNames names = GeneralNames.fromExtensions(certificate.getExtensions(), Extension.subjectAlternativeName);
        if (names != null) {
            for (GeneralName name : names.getNames()) {
                check(validator, name);
            }
        }
    }

    private static void check(PKIXNameConstraintValidator validator, GeneralName name)
            throws NameConstraintValidatorException {
        validator.checkPermitted(name);
        validator.checkExcluded(name);
    }
}
