package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.operator.Applier;
import dev.culvert.operator.OperatorSettings;
import dev.culvert.operator.resources.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a tunnel's endpoint and its entries in the node's Secret.
 *
 * <p>Each tunnel applies its entries as a field manager of its own, so that entries of one Secret come and go without
 * anybody reading or rewriting the others'.
 */
final class Endpoints {
    private final Applier applier;
    private final OperatorSettings settings;

    /** Endpoint name to the versions of the user's objects that its entries were last written from. */
    private final Map<String, String> writtenVersions = new ConcurrentHashMap<>();

    Endpoints(Applier applier, OperatorSettings settings) {
        this.applier = applier;
        this.settings = settings;
    }

    /** Writes what differs from {@code current}. */
    IPSecEndpoint write(IPSecEndpoint current, IPSecEndpoint desired) {
        boolean same = desired.getSpec().equals(current.getSpec())
                && desired.getMetadata()
                        .getLabels()
                        .equals(current.getMetadata().getLabels());
        return same ? current : create(desired);
    }

    IPSecEndpoint create(IPSecEndpoint desired) {
        return applier.apply(desired, Names.FIELD_MANAGER);
    }

    /**
     * Puts the tunnel's credentials into its node's Secret.
     *
     * @param always whether to write even if this version of the user's Secret was written before: the node's Secret
     *     may have been lost since
     */
    void writeCredentials(IPSecEndpoint endpoint, Credentials.Lookup.Found found, boolean always) {
        String name = endpoint.getMetadata().getName();
        String gateway =
                Objects.requireNonNull(endpoint.getMetadata().getLabels().get(Labels.GATEWAY));
        if (always || !found.version().equals(writtenVersions.get(name))) {
            applier.apply(
                    nodeSecret(endpoint.getSpec(), gateway)
                            .withData(found.entries())
                            .build(),
                    Names.fieldManager(name));
            writtenVersions.put(name, found.version());
        }
    }

    /** Removes the endpoint and the entries. */
    void delete(IPSecEndpoint endpoint) {
        String name = endpoint.getMetadata().getName();
        applier.delete(List.of(endpoint));
        String gateway = endpoint.getMetadata().getLabels().get(Labels.GATEWAY);
        if (gateway != null) {
            applier.applyIfPresent(nodeSecret(endpoint.getSpec(), gateway).build(), Names.fieldManager(name));
        }
        writtenVersions.remove(name);
    }

    /** The same endpoint, told to say goodbye to its peer. */
    void suspend(IPSecEndpoint endpoint) {
        create(copy(endpoint, endpoint.getSpec().withSuspend(true)));
    }

    /** The endpoint of a tunnel on a node as it is to be. */
    IPSecEndpoint of(IPSecTunnel tunnel, IPSecGateway gatewayResource, String node) {
        String gateway = gatewayResource.getMetadata().getName();
        IPSecEndpointSpec spec = EndpointCompiler.compile(tunnel, gatewayResource.getSpec(), node);
        IPSecEndpoint endpoint = new IPSecEndpoint();
        String namespace = tunnel.getMetadata().getNamespace();
        String name = tunnel.getMetadata().getName();
        endpoint.setMetadata(new ObjectMetaBuilder()
                .withName(EndpointNames.endpoint(namespace, name, node))
                .withNamespace(settings.dataPlaneNamespace())
                .withLabels(EndpointNames.labels(namespace, name, node))
                .addToLabels(Labels.GATEWAY, gateway)
                .addToLabels(Names.MANAGED_BY, Names.FIELD_MANAGER)
                .build());
        endpoint.setSpec(spec);
        return endpoint;
    }

    private static IPSecEndpoint copy(IPSecEndpoint endpoint, IPSecEndpointSpec spec) {
        IPSecEndpoint copy = new IPSecEndpoint();
        copy.setMetadata(new ObjectMetaBuilder()
                .withName(endpoint.getMetadata().getName())
                .withNamespace(endpoint.getMetadata().getNamespace())
                .withLabels(endpoint.getMetadata().getLabels())
                .build());
        copy.setSpec(spec);
        return copy;
    }

    private SecretBuilder nodeSecret(IPSecEndpointSpec spec, String gateway) {
        return new SecretBuilder(new Secret())
                .withNewMetadata()
                .withName(Names.agent(gateway, spec.nodeName()))
                .withNamespace(settings.dataPlaneNamespace())
                .endMetadata();
    }
}
