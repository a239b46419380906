package dev.culvert.agent.config;

import dev.culvert.agent.certificates.PeerVerifiers;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.x509.CertificateProblemException;
import dev.culvert.crypto.x509.OwnCertificate;
import dev.culvert.crypto.x509.TrustBundle;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.message.Bytes;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes of a tunnel's credentials what the negotiator proves and checks identities with. */
public final class AuthConfigs {
    private AuthConfigs() {}

    /**
     * Reads the credentials.
     *
     * @param tunnel whose they are
     * @throws CertificateProblemException if a certificate, key or trust bundle cannot be used
     * @throws IllegalArgumentException if one is missing
     */
    public static AuthConfig of(
            String tunnel, EndpointAuthentication wanted, Credentials credentials, PeerVerifiers verifiers)
            throws CertificateProblemException {
        AuthConfig.Local local =
                switch (wanted.method()) {
                    case PRE_SHARED_KEY -> new AuthConfig.Local.PreSharedKey(present(credentials.preSharedKey()));
                    case CERTIFICATE -> {
                        OwnCertificate own = OwnCertificate.parse(
                                present(credentials.certificate()).bytes(),
                                present(credentials.privateKey()).bytes());
                        yield new AuthConfig.Local.Certificate(own.key(), encoded(own.chain()));
                    }
                };
        AuthConfig.Remote remote =
                switch (wanted.methodOfPeer()) {
                    case PRE_SHARED_KEY -> new AuthConfig.Remote.PreSharedKey(present(credentials.preSharedKey()));
                    case CERTIFICATE ->
                        new AuthConfig.Remote.Certificate(verifiers.of(
                                tunnel,
                                TrustBundle.parse(
                                        present(credentials.trustBundle()).bytes()),
                                revocation(wanted)));
                };
        return new AuthConfig(local, remote);
    }

    private static @Nullable Revocation revocation(EndpointAuthentication wanted) {
        EndpointCertificate certificate = wanted.certificate();
        return certificate == null ? null : certificate.revocation();
    }

    private static SecretBytes present(Optional<SecretBytes> entry) {
        return entry.orElseThrow(() -> new IllegalArgumentException("a credential is missing"));
    }

    private static List<Bytes> encoded(List<X509Certificate> chain) {
        List<Bytes> encoded = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            try {
                encoded.add(Bytes.of(certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("a certificate that was read cannot be written", e);
            }
        }
        return encoded;
    }
}
