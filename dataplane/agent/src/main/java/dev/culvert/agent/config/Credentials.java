package dev.culvert.agent.config;

import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.EndpointPostQuantumPreSharedKey;
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
 * @param postQuantumKey beside any of the others (RFC 8784)
 */
public record Credentials(
        Optional<SecretBytes> preSharedKey,
        Optional<SecretBytes> certificate,
        Optional<SecretBytes> privateKey,
        Optional<SecretBytes> trustBundle,
        Optional<SecretBytes> postQuantumKey) {
    public static final Credentials NONE =
            new Credentials(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static Credentials preSharedKey(SecretBytes key) {
        return new Credentials(
                Optional.of(key), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Looks up what the endpoint refers to. */
    public static Credentials of(EndpointAuthentication wanted, Function<String, Optional<SecretBytes>> entries) {
        EndpointPreSharedKey psk = wanted.preSharedKey();
        EndpointCertificate certificate = wanted.certificate();
        EndpointPostQuantumPreSharedKey ppk = wanted.postQuantumPreSharedKey();
        return new Credentials(
                find(psk == null ? null : psk.key(), entries),
                find(certificate == null ? null : certificate.certificateKey(), entries),
                find(certificate == null ? null : certificate.privateKeyKey(), entries),
                find(certificate == null ? null : certificate.trustBundleKey(), entries),
                find(ppk == null ? null : ppk.key(), entries));
    }

    private static Optional<SecretBytes> find(@Nullable String key, Function<String, Optional<SecretBytes>> entries) {
        return key == null ? Optional.empty() : entries.apply(key);
    }

    /** What is missing of what the endpoint refers to, in words; empty if nothing is. */
    public Optional<String> missing(EndpointAuthentication wanted) {
        boolean proves = wanted.method() == AuthenticationMethod.CERTIFICATE;
        boolean checks = wanted.methodOfPeer() == AuthenticationMethod.CERTIFICATE;
        if ((!proves || !checks) && preSharedKey.isEmpty()) {
            return Optional.of("the pre-shared key");
        }
        if (proves && (certificate.isEmpty() || privateKey.isEmpty())) {
            return Optional.of("the certificate or its private key");
        }
        if (checks && trustBundle.isEmpty()) {
            return Optional.of("the trust bundle");
        }
        return wanted.postQuantumPreSharedKey() != null && postQuantumKey.isEmpty()
                ? Optional.of("the post-quantum pre-shared key")
                : Optional.empty();
    }

    public boolean sameAs(Credentials other) {
        return same(preSharedKey, other.preSharedKey)
                && same(certificate, other.certificate)
                && same(privateKey, other.privateKey)
                && same(trustBundle, other.trustBundle)
                && same(postQuantumKey, other.postQuantumKey);
    }

    private static boolean same(Optional<SecretBytes> one, Optional<SecretBytes> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().constantTimeEquals(other.orElseThrow()));
    }
}
