package dev.culvert.operator.gateway;

import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.operator.OperatorSettings;
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
import java.util.Set;
import java.util.stream.Collectors;

/** What a gateway depends on beside its own workloads: tunnels, nodes and the other gateways. */
final class GatewaySources {
    private static final String BY_GATEWAY = "gateway";

    private final OperatorSettings settings;
    private final IndexerResourceCache<IPSecGateway> gateways;
    private final InformerEventSource<IPSecTunnel, IPSecGateway> tunnels;
    private final InformerEventSource<Node, IPSecGateway> nodes;

    GatewaySources(EventSourceContext<IPSecGateway> context, OperatorSettings settings) {
        this.settings = settings;
        gateways = context.getPrimaryCache();
        InformerEventSourceConfiguration.Builder<IPSecTunnel> ofTunnels = InformerEventSourceConfiguration.from(
                        IPSecTunnel.class, IPSecGateway.class)
                .withSecondaryToPrimaryMapper(this::gatewayOf)
                .withOnUpdateFilter(GatewaySources::changesRoutes);
        tunnels = new InformerEventSource<>(
                (settings.watchNamespaces().isEmpty()
                                ? ofTunnels.withWatchAllNamespaces()
                                : ofTunnels.withNamespaces(settings.watchNamespaces()))
                        .build(),
                context);
        tunnels.addIndexers(Map.of(
                BY_GATEWAY,
                tunnel -> tunnel.getSpec().gatewayRef() == null
                        ? List.of()
                        : List.of(tunnel.getSpec().gatewayRef().name())));
        nodes = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Node.class, IPSecGateway.class)
                        .withSecondaryToPrimaryMapper(node -> allGateways())
                        .withOnUpdateFilter(GatewaySources::changesPlacement)
                        .build(),
                context);
    }

    EventSource<IPSecTunnel, IPSecGateway> tunnels() {
        return tunnels;
    }

    EventSource<Node, IPSecGateway> nodes() {
        return nodes;
    }

    /** Tunnels that end at the gateway, those under deletion too. */
    List<IPSecTunnel> tunnelsOf(IPSecGateway gateway) {
        return tunnels.byIndex(BY_GATEWAY, gateway.getMetadata().getName());
    }

    List<Node> allNodes() {
        return nodes.list().toList();
    }

    List<IPSecGateway> otherGateways(IPSecGateway gateway) {
        return gateways.list()
                .filter(other -> !other.getMetadata()
                        .getName()
                        .equals(gateway.getMetadata().getName()))
                .toList();
    }

    private Set<ResourceID> gatewayOf(IPSecTunnel tunnel) {
        return tunnel.getSpec().gatewayRef() == null
                ? Set.of()
                : Set.of(new ResourceID(tunnel.getSpec().gatewayRef().name(), settings.namespace()));
    }

    private Set<ResourceID> allGateways() {
        return gateways.list().map(ResourceID::fromResource).collect(Collectors.toSet());
    }

    /** Status reports of tunnels are many; a gateway looks only at their selectors and whether they are accepted. */
    private static boolean changesRoutes(IPSecTunnel after, IPSecTunnel before) {
        return !Objects.equals(
                        after.getMetadata().getGeneration(),
                        before.getMetadata().getGeneration())
                || before.getStatus() == null
                || after.getStatus() == null
                || RemoteNetworks.isAccepted(after) != RemoteNetworks.isAccepted(before);
    }

    /** Nodes report every few seconds; only labels, taints, addresses and readiness matter here. */
    private static boolean changesPlacement(Node after, Node before) {
        return !Objects.equals(
                        after.getMetadata().getLabels(), before.getMetadata().getLabels())
                || !Objects.equals(after.getSpec(), before.getSpec())
                || !Objects.equals(Placement.internalAddress(after), Placement.internalAddress(before))
                || Placement.isReady(after) != Placement.isReady(before);
    }
}
