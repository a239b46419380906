package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.GatewayReference;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.PostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.PreSharedKeySource;
import dev.culvert.api.v1alpha1.Preset;
import dev.culvert.api.v1alpha1.SecretKeyReference;
import dev.culvert.api.v1alpha1.SecretReference;
import dev.culvert.api.v1alpha1.TrustBundleReference;
import dev.culvert.api.v1alpha1.validation.CertificateValidation;
import dev.culvert.api.v1alpha1.validation.PreSharedKeyValidation;
import dev.culvert.api.v1alpha1.validation.PresetChecks;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.api.v1alpha1.validation.TrafficSelectorConflicts;
import dev.culvert.crypto.SecretBytes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What no document shows on its own: names used twice, references that lead nowhere, tunnels in each other's way. */
final class CrossChecks {
    private static final String PSK_REF = "spec.authentication.preSharedKey.secretRef";
    private static final String PPK_REF = "spec.authentication.postQuantumPreSharedKey.secretRef";

    private static final String CERTIFICATE_REF = "spec.authentication.certificate.secretRef";
    private static final String TRUST_BUNDLE_REF = "spec.authentication.certificate.trustBundleRef";

    private final Clock clock = Clock.systemUTC();
    private final Manifests manifests;
    private final HeldSecrets held;
    private final List<FileProblem> problems = new ArrayList<>();

    CrossChecks(Manifests manifests) {
        this.manifests = manifests;
        this.held = new HeldSecrets(manifests);
    }

    List<FileProblem> problems() {
        unique(manifests.tunnels(), CrossChecks::key);
        unique(manifests.gateways(), CrossChecks::key);
        unique(manifests.configMaps(), map -> map.namespace() + "/" + map.name());
        unique(manifests.secrets(), secret -> secret.namespace() + "/" + secret.name());
        List<List<Problem>> overlaps = TrafficSelectorConflicts.among(
                manifests.tunnels().stream().map(Located::resource).toList());
        for (int i = 0; i < overlaps.size(); i++) {
            Located<IPSecTunnel> tunnel = manifests.tunnels().get(i);
            gateway(tunnel);
            preSharedKey(tunnel);
            certificates(tunnel);
            overlaps.get(i).forEach(problem -> problems.add(FileProblem.at(tunnel, problem)));
        }
        return problems;
    }

    private <T> void unique(List<Located<T>> resources, Function<T, String> key) {
        Map<String, Located<T>> seen = new HashMap<>();
        for (Located<T> resource : resources) {
            Located<T> first = seen.putIfAbsent(key.apply(resource.resource()), resource);
            if (first != null) {
                problems.add(FileProblem.at(
                        resource,
                        Problem.invalid(
                                "metadata.name",
                                key.apply(resource.resource()) + " is there already, at " + first.file() + ":"
                                        + first.line(""),
                                null)));
            }
        }
    }

    private void gateway(Located<IPSecTunnel> tunnel) {
        if (manifests.gateways().isEmpty()
                || manifests.gateway(tunnel.resource()).isPresent()) {
            return;
        }
        GatewayReference reference = tunnel.resource().getSpec().gatewayRef();
        String known = manifests.gateways().stream()
                .map(gateway -> gateway.resource().getMetadata().getName())
                .collect(Collectors.joining(", "));
        problems.add(FileProblem.at(
                tunnel,
                reference == null
                        ? Problem.invalid("spec.gatewayRef", "is missing, and there are several gateways", known)
                        : Problem.invalid(
                                "spec.gatewayRef.name", "there is no IPSecGateway '" + reference.name() + "'", known)));
    }

    private void preSharedKey(Located<IPSecTunnel> tunnel) {
        PreSharedKeySource source = tunnel.resource().getSpec().authentication().preSharedKey();
        if (source != null) {
            key(tunnel, PSK_REF, source.secretRef(), tunnel.resource().getSpec().preset());
        }
        PostQuantumPreSharedKey further =
                tunnel.resource().getSpec().authentication().postQuantumPreSharedKey();
        if (further != null) {
            key(tunnel, PPK_REF, further.secretRef(), null);
        }
    }

    /** @param preset whose demands the key has to meet */
    private void key(Located<IPSecTunnel> tunnel, String field, SecretKeyReference reference, @Nullable Preset preset) {
        String namespace = tunnel.resource().getMetadata().getNamespace();
        FileSecret secret = held.secret(namespace, reference.name()).orElse(null);
        if (secret == null) {
            problems.add(FileProblem.at(
                    tunnel,
                    Problem.invalid(
                            field + ".name",
                            "there is no Secret '" + reference.name() + "' in namespace " + namespace,
                            null)));
            return;
        }
        SecretBytes key = secret.data().get(reference.key());
        if (key == null) {
            problems.add(FileProblem.at(
                    tunnel,
                    Problem.invalid(
                            field + ".key",
                            "Secret '" + reference.name() + "' has no entry '" + reference.key() + "'",
                            String.join(", ", secret.data().keySet()))));
            return;
        }
        PreSharedKeyValidation.validate(field, key.bytes())
                .forEach(problem -> problems.add(FileProblem.at(tunnel, problem)));
        PresetChecks.preSharedKey(preset, field, key.bytes())
                .forEach(problem -> problems.add(FileProblem.at(tunnel, problem)));
    }

    private void certificates(Located<IPSecTunnel> tunnel) {
        CertificateSource source = tunnel.resource().getSpec().authentication().certificate();
        if (source == null) {
            return;
        }
        String namespace = tunnel.resource().getMetadata().getNamespace();
        SecretReference own = source.secretRef();
        if (own != null) {
            FileSecret secret = held.secret(namespace, own.name()).orElse(null);
            Optional<SecretBytes> certificate = entry(tunnel, CERTIFICATE_REF, "Secret", own.name(), secret, "tls.crt");
            Optional<SecretBytes> key = entry(tunnel, CERTIFICATE_REF, "Secret", own.name(), secret, "tls.key");
            if (certificate.isPresent() && key.isPresent()) {
                CertificateValidation.own(
                                CERTIFICATE_REF,
                                certificate.get().bytes(),
                                key.get().bytes(),
                                clock.instant())
                        .forEach(problem -> problems.add(FileProblem.at(tunnel, tolerated(problem))));
            }
        }
        TrustBundleReference bundle = source.trustBundleRef();
        if (bundle != null) {
            FileSecret holder = held.holder(namespace, bundle).orElse(null);
            entry(tunnel, TRUST_BUNDLE_REF, bundle.kind().toString(), bundle.name(), holder, bundle.key())
                    .ifPresent(
                            pem -> CertificateValidation.trustBundle(TRUST_BUNDLE_REF, pem.bytes(), source.revocation())
                                    .forEach(problem -> problems.add(FileProblem.at(tunnel, problem))));
        }
    }

    /**
     * A certificate that is out of time concerns its tunnel alone, whose peer will say so: the file is as good as it was,
     * and what else is in it goes on.
     */
    private static Problem tolerated(Problem problem) {
        return problem.reason().equals(ConditionReasons.CERTIFICATE_EXPIRED) ? problem.asWarning() : problem;
    }

    /** An entry of what a reference leads to, or a problem. */
    private Optional<SecretBytes> entry(
            Located<IPSecTunnel> tunnel,
            String path,
            String kind,
            String name,
            @Nullable FileSecret holder,
            String key) {
        if (holder == null) {
            problems.add(FileProblem.at(
                    tunnel, Problem.invalid(path + ".name", "there is no " + kind + " '" + name + "'", null)));
            return Optional.empty();
        }
        SecretBytes value = holder.data().get(key);
        if (value == null) {
            problems.add(FileProblem.at(
                    tunnel,
                    Problem.invalid(
                            path,
                            kind + " '" + name + "' has no entry '" + key + "'",
                            String.join(", ", holder.data().keySet()))));
        }
        return Optional.ofNullable(value);
    }

    private static String key(HasMetadata resource) {
        return resource.getMetadata().getNamespace() + "/"
                + resource.getMetadata().getName();
    }
}
