package dev.culvert.crypto.x509;

import dev.culvert.crypto.signature.SigningKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What this end proves its identity with, as a Secret of type kubernetes.io/tls holds it.
 *
 * @param key belongs to the first certificate
 * @param chain the end entity's certificate, and behind it the intermediate ones in any number
 */
public record OwnCertificate(SigningKey key, List<X509Certificate> chain) {
    /** So many certificates are sent at most; a peer that bounds them at all bounds them near this. */
    private static final int MAX_CHAIN = 8;

    public OwnCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * Reads tls.crt and tls.key.
     *
     * @throws CertificateProblemException saying what is wrong with them
     */
    public static OwnCertificate parse(byte[] certificates, byte[] privateKey) throws CertificateProblemException {
        List<X509Certificate> chain;
        try {
            chain = Pem.certificates(certificates);
        } catch (CertificateProblemException e) {
            throw new CertificateProblemException("the certificate " + e.getMessage());
        }
        if (chain.isEmpty()) {
            throw new CertificateProblemException("there is no certificate in PEM");
        }
        if (chain.size() > MAX_CHAIN) {
            throw new CertificateProblemException(
                    "the chain has " + chain.size() + " certificates, at most " + MAX_CHAIN + " are sent");
        }
        SigningKey key;
        try {
            key = SigningKey.of(Pem.privateKey(privateKey))
                    .orElseThrow(() -> new CertificateProblemException(
                            "is none of RSA with 2048 bits or more, ECDSA on P-256, P-384 or P-521, Ed25519, Ed448"));
        } catch (CertificateProblemException e) {
            throw new CertificateProblemException("the private key " + e.getMessage());
        }
        if (!key.belongsTo(chain.getFirst().getPublicKey())) {
            throw new CertificateProblemException(
                    "the private key does not belong to the certificate of " + Certificates.name(chain.getFirst()));
        }
        return new OwnCertificate(key, chain);
    }

    /** When the first of its certificates ends. */
    public Instant notAfter() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Why it cannot be used at that moment. */
    public Optional<String> outOfTime(Instant now) {
        return chain.stream()
                .filter(certificate -> !Certificates.isValidAt(certificate, now))
                .map(certificate -> "the certificate of " + Certificates.name(certificate) + " is valid from "
                        + certificate.getNotBefore().toInstant() + " to "
                        + certificate.getNotAfter().toInstant())
                .findFirst();
    }

    /** The certificate of the key. */
    public X509Certificate endEntity() {
        return chain.getFirst();
    }
}
