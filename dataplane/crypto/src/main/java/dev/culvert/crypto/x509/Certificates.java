package dev.culvert.crypto.x509;

import dev.culvert.crypto.Hash;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** Single certificates. */
public final class Certificates {
    /** Octets of the longest certificate that is looked at. Real ones have one to three thousand. */
    public static final int MAX_LENGTH = 16 * 1024;

    private Certificates() {}

    /** Reads one certificate in DER; empty for anything else, octets behind it included. */
    public static Optional<X509Certificate> parse(byte[] der) {
        if (der.length == 0 || der.length > MAX_LENGTH || der[0] != 0x30) {
            return Optional.empty();
        }
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            boolean whole = in.available() == 0 && Arrays.equals(certificate.getEncoded(), der);
            return whole ? Optional.of(certificate) : Optional.empty();
        } catch (CertificateException | RuntimeException e) {
            // the JDK's parser lets some unchecked ones through
            return Optional.empty();
        }
    }

    /** SHA-1 of the SubjectPublicKeyInfo, by which CERTREQ names an authority (RFC 7296 §3.7). */
    public static byte[] authorityHash(X509Certificate authority) {
        return Hash.SHA1.digest(authority.getPublicKey().getEncoded());
    }

    static boolean isValidAt(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    /** For people: the subject, or the serial number where that is empty. */
    static String name(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return subject.isEmpty()
                ? "serial number " + certificate.getSerialNumber().toString(16)
                : subject;
    }
}
