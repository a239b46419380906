package dev.culvert.crypto.x509;

import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificates at which a peer's chain may end: authorities, or the peer's own certificate itself. Equal when they
 * are the same, in whatever order.
 */
public record TrustBundle(Set<X509Certificate> anchors) {
    private static final int MAX_ANCHORS = 200;

    public TrustBundle {
        anchors = Set.copyOf(anchors);
    }

    /**
     * Reads certificates in PEM.
     *
     * @throws CertificateProblemException saying what is wrong with them
     */
    public static TrustBundle parse(byte[] text) throws CertificateProblemException {
        List<X509Certificate> found;
        try {
            found = Pem.certificates(text);
        } catch (CertificateProblemException e) {
            throw new CertificateProblemException("the trust bundle " + e.getMessage());
        }
        if (found.isEmpty()) {
            throw new CertificateProblemException("the trust bundle holds no certificate in PEM");
        }
        if (found.size() > MAX_ANCHORS) {
            throw new CertificateProblemException("the trust bundle holds " + found.size()
                    + " certificates; name the authorities of the peers, at most " + MAX_ANCHORS);
        }
        return new TrustBundle(new LinkedHashSet<>(found));
    }
}
