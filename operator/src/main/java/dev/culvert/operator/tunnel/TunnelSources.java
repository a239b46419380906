package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.operator.OperatorSettings;
import dev.culvert.operator.gateway.GatewayReconciler;
import dev.culvert.operator.resources.Names;
import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a tunnel depends on: its gateway, its endpoints, and the other tunnels of the gateway. */
final class TunnelSources {
    private static final String BY_GATEWAY = "gateway";

    private final OperatorSettings settings;
    private final IndexerResourceCache<IPSecTunnel> tunnels;
    private final InformerEventSource<IPSecGateway, IPSecTunnel> gateways;
    private final InformerEventSource<IPSecEndpoint, IPSecTunnel> endpoints;
    private final InformerEventSource<Node, IPSecTunnel> nodes;

    TunnelSources(EventSourceContext<IPSecTunnel> context, OperatorSettings settings) {
        this.settings = settings;
        tunnels = context.getPrimaryCache();
        tunnels.addIndexers(Map.of(
                BY_GATEWAY,
                tunnel -> Optional.ofNullable(gatewayName(tunnel)).stream().toList()));
        gateways = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(IPSecGateway.class, IPSecTunnel.class)
                        .withNamespaces(Set.of(settings.namespace()))
                        .withSecondaryToPrimaryMapper(this::tunnelsOf)
                        .withOnUpdateFilter(TunnelSources::concernsTunnels)
                        .build(),
                context);
        endpoints = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(IPSecEndpoint.class, IPSecTunnel.class)
                        .withNamespaces(Set.of(settings.dataPlaneNamespace()))
                        .withLabelSelector(Names.MANAGED_BY + "=" + Names.FIELD_MANAGER)
                        .withSecondaryToPrimaryMapper(TunnelSources::tunnelOf)
                        .withOnUpdateFilter(TunnelSources::isMoreThanAHeartbeat)
                        .build(),
                context);
        // Nodes come and go without a look at every tunnel: each tunnel's own timer sees them in time.
        nodes = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Node.class, IPSecTunnel.class)
                        .withSecondaryToPrimaryMapper(node -> Set.of())
                        .build(),
                context);
    }

    EventSource<IPSecGateway, IPSecTunnel> gateways() {
        return gateways;
    }

    EventSource<IPSecEndpoint, IPSecTunnel> endpoints() {
        return endpoints;
    }

    EventSource<Node, IPSecTunnel> nodes() {
        return nodes;
    }

    /** What no tunnel may claim as remote. */
    Map<String, IpPrefix> clusterNetworks() {
        return ClusterNetworks.of(nodes.list().toList(), settings.clusterNetworks());
    }

    Optional<IPSecGateway> gatewayOf(IPSecTunnel tunnel) {
        return Optional.ofNullable(gatewayName(tunnel))
                .flatMap(name -> gateways.get(new ResourceID(name, settings.namespace())));
    }

    /** The other tunnels of the same gateway. */
    List<IPSecTunnel> siblingsOf(IPSecTunnel tunnel) {
        String gateway = gatewayName(tunnel);
        return gateway == null
                ? List.of()
                : tunnels.byIndex(BY_GATEWAY, gateway).stream()
                        .filter(other -> !ResourceID.fromResource(other).equals(ResourceID.fromResource(tunnel)))
                        .toList();
    }

    private Set<ResourceID> tunnelsOf(IPSecGateway gateway) {
        return tunnels.byIndex(BY_GATEWAY, gateway.getMetadata().getName()).stream()
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private static Set<ResourceID> tunnelOf(IPSecEndpoint endpoint) {
        Map<String, String> labels = endpoint.getMetadata().getLabels();
        String name = labels.get(Labels.TUNNEL);
        String namespace = labels.get(Labels.TUNNEL_NAMESPACE);
        return name == null || namespace == null ? Set.of() : Set.of(new ResourceID(name, namespace));
    }

    /** Only the gateway's node matters here; its count of tunnels changes with every one of them. */
    private static boolean concernsTunnels(IPSecGateway after, IPSecGateway before) {
        return !Objects.equals(
                        after.getMetadata().getGeneration(),
                        before.getMetadata().getGeneration())
                || !GatewayReconciler.activeNode(after).equals(GatewayReconciler.activeNode(before));
    }

    /** Heartbeats are looked at in time by the tunnel's own timer. */
    private static boolean isMoreThanAHeartbeat(IPSecEndpoint after, IPSecEndpoint before) {
        return !Objects.equals(
                        after.getMetadata().getGeneration(),
                        before.getMetadata().getGeneration())
                || before.getStatus() == null
                || after.getStatus() == null
                || !withoutHeartbeat(after.getStatus()).equals(withoutHeartbeat(before.getStatus()));
    }

    private static IPSecEndpointStatus withoutHeartbeat(IPSecEndpointStatus status) {
        return new IPSecEndpointStatus(
                status.observedGeneration(),
                status.conditions(),
                status.localEndpoint(),
                status.remoteEndpoint(),
                status.natDetected(),
                status.ikeSA(),
                status.childSAs(),
                status.lastError(),
                status.lastChange(),
                null);
    }

    private static @Nullable String gatewayName(IPSecTunnel tunnel) {
        return tunnel.getSpec().gatewayRef() == null
                ? null
                : tunnel.getSpec().gatewayRef().name();
    }
}
