package dev.culvert.crypto.x509;

/** A certificate, key or trust bundle of ours that cannot be used. The message never holds key material. */
public final class CertificateProblemException extends Exception {
    private static final long serialVersionUID = 1L;

    public CertificateProblemException(String message) {
        super(message);
    }
}
