package dev.culvert.agent.config;

import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.EndpointPreSharedKey;
import dev.culvert.crypto.SecretBytes;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the node's Secret, or the file, holds for a tunnel.
 *
 * @param certificate this end's chain in PEM
 * @param privateKey of that, in PEM
 * @param trustBundle certificates in PEM at which the peer's chain may end
 */
public record Credentials(
        Optional<SecretBytes> preSharedKey,
        Optional<SecretBytes> certificate,
        Optional<SecretBytes> privateKey,
        Optional<SecretBytes> trustBundle) {
    public static final Credentials NONE =
            new Credentials(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static Credentials preSharedKey(SecretBytes key) {
        return new Credentials(Optional.of(key), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Looks up what the endpoint refers to. */
    public static Credentials of(EndpointAuthentication wanted, Function<String, Optional<SecretBytes>> entries) {
        EndpointPreSharedKey psk = wanted.preSharedKey();
        EndpointCertificate certificate = wanted.certificate();
        return new Credentials(
                find(psk == null ? null : psk.key(), entries),
                find(certificate == null ? null : certificate.certificateKey(), entries),
                find(certificate == null ? null : certificate.privateKeyKey(), entries),
                find(certificate == null ? null : certificate.trustBundleKey(), entries));
    }

    private static Optional<SecretBytes> find(@Nullable String key, Function<String, Optional<SecretBytes>> entries) {
        return key == null ? Optional.empty() : entries.apply(key);
    }

    /** What is missing for these methods, in words; empty if nothing is. */
    public Optional<String> missing(EndpointAuthentication wanted) {
        boolean proves = wanted.method() == AuthenticationMethod.CERTIFICATE;
        boolean checks = wanted.methodOfPeer() == AuthenticationMethod.CERTIFICATE;
        if ((!proves || !checks) && preSharedKey.isEmpty()) {
            return Optional.of("the pre-shared key");
        }
        if (proves && (certificate.isEmpty() || privateKey.isEmpty())) {
            return Optional.of("the certificate or its private key");
        }
        return checks && trustBundle.isEmpty() ? Optional.of("the trust bundle") : Optional.empty();
    }

    public boolean sameAs(Credentials other) {
        return same(preSharedKey, other.preSharedKey)
                && same(certificate, other.certificate)
                && same(privateKey, other.privateKey)
                && same(trustBundle, other.trustBundle);
    }

    private static boolean same(Optional<SecretBytes> one, Optional<SecretBytes> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().constantTimeEquals(other.orElseThrow()));
    }
}
