package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.Authentication;
import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.PostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.PreSharedKeySource;
import dev.culvert.api.v1alpha1.Preset;
import dev.culvert.api.v1alpha1.SecretKeyReference;
import dev.culvert.api.v1alpha1.SecretReference;
import dev.culvert.api.v1alpha1.TrustBundleKind;
import dev.culvert.api.v1alpha1.TrustBundleReference;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.api.v1alpha1.validation.CertificateValidation;
import dev.culvert.api.v1alpha1.validation.PreSharedKeyValidation;
import dev.culvert.api.v1alpha1.validation.PresetChecks;
import dev.culvert.api.v1alpha1.validation.Problem;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Secrets and ConfigMaps that tunnels name, in the tunnel's own namespace, one at a time: the operator may not
 * list or watch them.
 */
final class Credentials {
    private static final String KEY_FIELD = "spec.authentication.preSharedKey.secretRef";
    private static final String POST_QUANTUM_FIELD = "spec.authentication.postQuantumPreSharedKey.secretRef";
    private static final String CERTIFICATE_FIELD = "spec.authentication.certificate.secretRef";
    private static final String BUNDLE_FIELD = "spec.authentication.certificate.trustBundleRef";

    private final KubernetesClient client;
    private final Clock clock;

    Credentials(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** What a tunnel's references lead to. */
    sealed interface Lookup {
        /** What is to be said of the tunnel because of it. */
        List<Problem> problems();

        /**
         * Everything is there and can be used.
         *
         * @param entries of the node's Secret, in base64
         * @param version resourceVersions of what was read
         */
        record Found(Map<String, String> entries, String version, List<Problem> problems) implements Lookup {
            @Override
            public String toString() {
                return "Found[redacted]";
            }
        }

        /**
         * Something is not. What the node has stays as it is.
         *
         * @param reason a reason of ResolvedRefs
         */
        record Missing(String reason, String message, List<Problem> problems) implements Lookup {}
    }

    /** Ends the reading of references. */
    private static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Lookup.Missing missing;

        MissingException(String reason, String message, List<Problem> problems) {
            super(message);
            missing = new Lookup.Missing(reason, message, problems);
        }
    }

    Lookup find(IPSecTunnel tunnel) {
        try {
            return read(tunnel);
        } catch (MissingException e) {
            return e.missing;
        }
    }

    private Lookup read(IPSecTunnel tunnel) throws MissingException {
        String namespace = tunnel.getMetadata().getNamespace();
        String name = tunnel.getMetadata().getName();
        Authentication authentication = tunnel.getSpec().authentication();
        Map<String, String> entries = new HashMap<>();
        List<String> versions = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        PreSharedKeySource psk = authentication.preSharedKey();
        if (psk != null) {
            String key =
                    key(KEY_FIELD, namespace, psk.secretRef(), tunnel.getSpec().preset(), versions, problems);
            entries.put(EndpointNames.preSharedKey(namespace, name), key);
        }
        PostQuantumPreSharedKey ppk = authentication.postQuantumPreSharedKey();
        if (ppk != null) {
            String key = key(POST_QUANTUM_FIELD, namespace, ppk.secretRef(), null, versions, problems);
            entries.put(EndpointNames.postQuantumPreSharedKey(namespace, name), key);
        }
        CertificateSource certificate = authentication.certificate();
        SecretReference own = certificate == null ? null : certificate.secretRef();
        if (own != null) {
            Secret secret = secret(CERTIFICATE_FIELD, namespace, own.name());
            String chain = entry(CERTIFICATE_FIELD, secret, "tls.crt");
            String key = entry(CERTIFICATE_FIELD, secret, "tls.key");
            problems.addAll(usable(certificateProblems(chain, key)));
            versions.add(secret.getMetadata().getResourceVersion());
            entries.put(EndpointNames.certificate(namespace, name), chain);
            entries.put(EndpointNames.privateKey(namespace, name), key);
        }
        TrustBundleReference bundle = certificate == null ? null : certificate.trustBundleRef();
        if (certificate != null && bundle != null) {
            String pem = bundle.kind() == TrustBundleKind.SECRET
                    ? bundleOfSecret(namespace, bundle, versions)
                    : bundleOfConfigMap(namespace, bundle, versions);
            problems.addAll(usable(CertificateValidation.trustBundle(
                    BUNDLE_FIELD, Base64.getDecoder().decode(pem), certificate.revocation())));
            entries.put(EndpointNames.trustBundle(namespace, name), pem);
        }
        return new Lookup.Found(Map.copyOf(entries), String.join(",", versions), List.copyOf(problems));
    }

    /**
     * A pre-shared key in base64; says where it was read and what is wrong with it.
     *
     * @param preset whose demands it has to meet
     */
    private String key(
            String field,
            String namespace,
            SecretKeyReference reference,
            @Nullable Preset preset,
            List<String> versions,
            List<Problem> problems)
            throws MissingException {
        Secret secret = secret(field, namespace, reference.name());
        String key = entry(field, secret, reference.key());
        versions.add(secret.getMetadata().getResourceVersion());
        problems.addAll(keyProblems(field, key));
        usable(presetProblems(preset, field, key));
        return key;
    }

    private Secret secret(String field, String namespace, String name) throws MissingException {
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret == null) {
            throw new MissingException(
                    ConditionReasons.SECRET_NOT_FOUND,
                    field + ": there is no Secret " + name + " in namespace " + namespace,
                    List.of());
        }
        return secret;
    }

    private static String entry(String field, Secret secret, String key) throws MissingException {
        return entry(field, "Secret " + secret.getMetadata().getName(), secret.getData(), key);
    }

    private static String entry(String field, String holder, @Nullable Map<String, String> data, String key)
            throws MissingException {
        String value = data == null ? null : data.get(key);
        if (value == null || value.isEmpty()) {
            throw new MissingException(
                    ConditionReasons.SECRET_KEY_MISSING,
                    field + ": " + holder + " has no key " + key
                            + (data == null || data.isEmpty()
                                    ? ", it is empty"
                                    : "; it has " + String.join(", ", data.keySet())),
                    List.of());
        }
        return value;
    }

    private String bundleOfSecret(String namespace, TrustBundleReference bundle, List<String> versions)
            throws MissingException {
        Secret secret = secret(BUNDLE_FIELD, namespace, bundle.name());
        versions.add(secret.getMetadata().getResourceVersion());
        return entry(BUNDLE_FIELD, secret, bundle.key());
    }

    private String bundleOfConfigMap(String namespace, TrustBundleReference bundle, List<String> versions)
            throws MissingException {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName(bundle.name())
                .get();
        if (map == null) {
            throw new MissingException(
                    ConditionReasons.CONFIG_MAP_NOT_FOUND,
                    BUNDLE_FIELD + ": there is no ConfigMap " + bundle.name() + " in namespace " + namespace,
                    List.of());
        }
        versions.add(map.getMetadata().getResourceVersion());
        String text = entry(BUNDLE_FIELD, "ConfigMap " + bundle.name(), map.getData(), bundle.key());
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Warnings go on; what cannot be used is a reference that is not resolved, and the tunnel is degraded by it. */
    private static List<Problem> usable(List<Problem> problems) throws MissingException {
        for (Problem problem : problems) {
            if (problem.isError()) {
                throw new MissingException(
                        problem.reason(),
                        problem.toString(),
                        List.of(new Problem(
                                Problem.Severity.WARNING,
                                problem.reason(),
                                problem.fieldPath(),
                                problem.message() + "; the last good one stays in use",
                                problem.allowed())));
            }
        }
        return problems;
    }

    private List<Problem> certificateProblems(String chain, String key) {
        byte[] decoded = Base64.getDecoder().decode(key);
        try {
            return CertificateValidation.own(
                    CERTIFICATE_FIELD, Base64.getDecoder().decode(chain), decoded, clock.instant());
        } finally {
            Arrays.fill(decoded, (byte) 0);
        }
    }

    private static List<Problem> presetProblems(@Nullable Preset preset, String field, String base64) {
        byte[] key = Base64.getDecoder().decode(Objects.requireNonNull(base64));
        try {
            return PresetChecks.preSharedKey(preset, field, key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static List<Problem> keyProblems(String field, String base64) {
        byte[] key = Base64.getDecoder().decode(Objects.requireNonNull(base64));
        try {
            return PreSharedKeyValidation.validate(field, key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
