package dev.culvert.crypto.x509;

import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificates at which a peer's chain may end: authorities, or the peer's own certificate itself. Equal when they
 * are the same, in whatever order.
 *
 * @param crls what was put beside them to say which certificates are revoked, in use where revocation is looked at
 */
public record TrustBundle(Set<X509Certificate> anchors, Set<Crl> crls) {
    private static final int MAX_ANCHORS = 200;

    public TrustBundle {
        anchors = Set.copyOf(anchors);
        crls = Set.copyOf(crls);
    }

    public TrustBundle(Set<X509Certificate> anchors) {
        this(anchors, Set.of());
    }

    /**
     * Reads certificates, and CRLs if there are any, in PEM.
     *
     * @throws CertificateProblemException saying what is wrong with them
     */
    public static TrustBundle parse(byte[] text) throws CertificateProblemException {
        Pem.Trusted read;
        try {
            read = Pem.trusted(text);
        } catch (CertificateProblemException e) {
            throw new CertificateProblemException("the trust bundle " + e.getMessage());
        }
        List<X509Certificate> found = read.certificates();
        if (found.isEmpty()) {
            throw new CertificateProblemException("the trust bundle holds no certificate in PEM");
        }
        if (found.size() > MAX_ANCHORS) {
            throw new CertificateProblemException("the trust bundle holds " + found.size()
                    + " certificates; name the authorities of the peers, at most " + MAX_ANCHORS);
        }
        return new TrustBundle(new LinkedHashSet<>(found), new LinkedHashSet<>(read.crls()));
    }
}
