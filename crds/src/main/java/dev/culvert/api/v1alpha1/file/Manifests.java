package dev.culvert.api.v1alpha1.file;

import dev.culvert.api.v1alpha1.GatewayReference;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
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
        List<FileProblem> problems) {

    public Manifests {
        tunnels = List.copyOf(tunnels);
        gateways = List.copyOf(gateways);
        secrets = List.copyOf(secrets);
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
     * The keys by the names that {@link #endpoints} has for them: what an agent in a cluster gets as its node's Secret.
     * They are those of {@link #secrets}, not copies.
     *
     * @throws IllegalStateException if this is not usable
     */
    public Map<String, SecretBytes> nodeSecret() {
        demandUsable();
        Map<String, SecretBytes> keys = new HashMap<>();
        for (Located<IPSecTunnel> tunnel : tunnels) {
            String namespace = tunnel.resource().getMetadata().getNamespace();
            preSharedKey(tunnel.resource())
                    .ifPresent(key -> keys.put(
                            EndpointNames.preSharedKey(
                                    namespace, tunnel.resource().getMetadata().getName()),
                            key));
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

    Optional<FileSecret> secret(String namespace, String name) {
        return secrets.stream()
                .map(Located::resource)
                .filter(secret ->
                        secret.namespace().equals(namespace) && secret.name().equals(name))
                .findFirst();
    }

    private Optional<SecretBytes> preSharedKey(IPSecTunnel tunnel) {
        PreSharedKeySource source = tunnel.getSpec().authentication().preSharedKey();
        if (source == null) {
            return Optional.empty();
        }
        return secret(tunnel.getMetadata().getNamespace(), source.secretRef().name())
                .map(secret -> secret.data().get(source.secretRef().key()));
    }

    private void demandUsable() {
        if (!isUsable()) {
            throw new IllegalStateException("the documents have errors: " + problems);
        }
    }
}
