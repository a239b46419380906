package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.GatewayReference;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.PostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.PreSharedKeySource;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.crypto.SecretBytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the stand-alone agent's file or folder says.
 *
 * @param problems everything that is wrong, in the order of files and lines
 */
public record Manifests(
        List<Located<IPSecTunnel>> tunnels,
        List<Located<IPSecGateway>> gateways,
        List<Located<FileSecret>> secrets,
        List<Located<FileSecret>> configMaps,
        List<FileProblem> problems) {

    public Manifests {
        tunnels = List.copyOf(tunnels);
        gateways = List.copyOf(gateways);
        secrets = List.copyOf(secrets);
        configMaps = List.copyOf(configMaps);
        problems = List.copyOf(problems);
    }

    /** Whether there is no error; warnings do not count. */
    public boolean isUsable() {
        return problems.stream().noneMatch(FileProblem::isError);
    }

    /**
     * The tunnels compiled for this machine: what an agent in a cluster gets as IPSecEndpoints.
     *
     * @param nodeName what the machine is called in them
     * @throws IllegalStateException if this is not usable
     */
    public List<IPSecEndpointSpec> endpoints(String nodeName) {
        demandUsable();
        return tunnels.stream()
                .map(Located::resource)
                .map(tunnel -> EndpointCompiler.compile(
                        tunnel,
                        gateway(tunnel).map(IPSecGateway::getSpec).orElseGet(IPSecGatewaySpec::defaults),
                        nodeName))
                .toList();
    }

    /**
     * What each tunnel works with, and where it comes from.
     *
     * @throws IllegalStateException if this is not usable
     */
    public List<Explanation> explanations() {
        demandUsable();
        return tunnels.stream().map(Explanation::of).toList();
    }

    /**
     * The keys by the names that {@link #endpoints} has for them: what an agent in a cluster gets as its node's Secret.
     * They are those of {@link #secrets}, not copies.
     *
     * @throws IllegalStateException if this is not usable
     */
    public Map<String, SecretBytes> nodeSecret() {
        demandUsable();
        Map<String, SecretBytes> keys = new HashMap<>();
        HeldSecrets held = new HeldSecrets(this);
        for (Located<IPSecTunnel> tunnel : tunnels) {
            String namespace = tunnel.resource().getMetadata().getNamespace();
            String name = tunnel.resource().getMetadata().getName();
            preSharedKey(held, tunnel.resource())
                    .ifPresent(key -> keys.put(EndpointNames.preSharedKey(namespace, name), key));
            certificate(held, tunnel.resource(), "tls.crt")
                    .ifPresent(pem -> keys.put(EndpointNames.certificate(namespace, name), pem));
            certificate(held, tunnel.resource(), "tls.key")
                    .ifPresent(pem -> keys.put(EndpointNames.privateKey(namespace, name), pem));
            trustBundle(held, tunnel.resource())
                    .ifPresent(pem -> keys.put(EndpointNames.trustBundle(namespace, name), pem));
            postQuantumPreSharedKey(held, tunnel.resource())
                    .ifPresent(key -> keys.put(EndpointNames.postQuantumPreSharedKey(namespace, name), key));
        }
        return keys;
    }

    /** The gateway that a tunnel names or, if it names none, the only one there is. */
    Optional<IPSecGateway> gateway(IPSecTunnel tunnel) {
        GatewayReference reference = tunnel.getSpec().gatewayRef();
        if (reference == null) {
            return gateways.size() == 1 ? Optional.of(gateways.getFirst().resource()) : Optional.empty();
        }
        return gateways.stream()
                .map(Located::resource)
                .filter(gateway -> gateway.getMetadata().getName().equals(reference.name()))
                .findFirst();
    }

    private static Optional<SecretBytes> certificate(HeldSecrets held, IPSecTunnel tunnel, String key) {
        return Optional.ofNullable(tunnel.getSpec().authentication().certificate())
                .map(CertificateSource::secretRef)
                .flatMap(reference -> held.secret(tunnel.getMetadata().getNamespace(), reference.name()))
                .map(secret -> secret.data().get(key));
    }

    private static Optional<SecretBytes> trustBundle(HeldSecrets held, IPSecTunnel tunnel) {
        return Optional.ofNullable(tunnel.getSpec().authentication().certificate())
                .map(CertificateSource::trustBundleRef)
                .flatMap(reference -> held.holder(tunnel.getMetadata().getNamespace(), reference)
                        .map(holder -> holder.data().get(reference.key())));
    }

    private static Optional<SecretBytes> preSharedKey(HeldSecrets held, IPSecTunnel tunnel) {
        PreSharedKeySource source = tunnel.getSpec().authentication().preSharedKey();
        if (source == null) {
            return Optional.empty();
        }
        return held.secret(
                        tunnel.getMetadata().getNamespace(), source.secretRef().name())
                .map(secret -> secret.data().get(source.secretRef().key()));
    }

    private static Optional<SecretBytes> postQuantumPreSharedKey(HeldSecrets held, IPSecTunnel tunnel) {
        PostQuantumPreSharedKey source = tunnel.getSpec().authentication().postQuantumPreSharedKey();
        return source == null
                ? Optional.empty()
                : held.secret(
                                tunnel.getMetadata().getNamespace(),
                                source.secretRef().name())
                        .map(secret -> secret.data().get(source.secretRef().key()));
    }

    private void demandUsable() {
        if (!isUsable()) {
            throw new IllegalStateException("the documents have errors: " + problems);
        }
    }
}
