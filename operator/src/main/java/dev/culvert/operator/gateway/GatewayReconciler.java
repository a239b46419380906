package dev.culvert.operator.gateway;

import dev.culvert.api.v1alpha1.EndpointRole;
import dev.culvert.api.v1alpha1.GatewayNodeStatus;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewayStatus;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.api.v1alpha1.RoutingType;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.operator.Applier;
import dev.culvert.operator.OperatorSettings;
import dev.culvert.operator.resources.AgentResources;
import dev.culvert.operator.resources.Names;
import dev.culvert.operator.resources.RouteResources;
import dev.culvert.operator.status.GatewayVerdicts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps a gateway's agent on one node and, on the others, the routes to it. */
@ControllerConfiguration(name = "gateway", finalizerName = "culvert.dev/gateway")
public final class GatewayReconciler implements Reconciler<IPSecGateway>, Cleaner<IPSecGateway> {
    private static final Duration UNTIL_NEXT_LOOK_AT_DELETION = Duration.ofSeconds(5);

    private final OperatorSettings settings;
    private final Applier applier;
    private final Clock clock;
    private @Nullable GatewaySources sources;

    public GatewayReconciler(OperatorSettings settings, Applier applier, Clock clock) {
        this.settings = settings;
        this.applier = applier;
        this.clock = clock;
    }

    @Override
    public UpdateControl<IPSecGateway> reconcile(IPSecGateway gateway, Context<IPSecGateway> context) {
        List<IPSecTunnel> tunnels = sources().tunnelsOf(gateway);
        Optional<Node> node = place(gateway);
        node.ifPresent(chosen -> applyDataPlane(gateway, chosen, tunnels));
        deleteOnOtherNodes(gateway, node, context);
        return patched(gateway, status(gateway, node, tunnels.size(), context));
    }

    /** A gateway goes only when its last tunnel has gone; until then it stays as it is, with its condition saying so. */
    @Override
    public DeleteControl cleanup(IPSecGateway gateway, Context<IPSecGateway> context) {
        if (!sources().tunnelsOf(gateway).isEmpty()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(UNTIL_NEXT_LOOK_AT_DELETION);
        }
        applier.delete(context.getSecondaryResourcesAsStream(Deployment.class)
                .flatMap(deployment -> dataPlane(gateway, AgentResources.nodeOf(deployment)).stream())
                .toList());
        applier.delete(RouteResources.of(gateway, "", new RouteTable(List.of()), settings));
        return DeleteControl.defaultDelete();
    }

    @Override
    public List<EventSource<?, IPSecGateway>> prepareEventSources(EventSourceContext<IPSecGateway> context) {
        GatewaySources made = new GatewaySources(context, settings);
        sources = made;
        return List.of(made.tunnels(), made.nodes(), owned(Deployment.class, context), owned(DaemonSet.class, context));
    }

    private Optional<Node> place(IPSecGateway gateway) {
        Set<String> taken = sources().otherGateways(gateway).stream()
                .flatMap(other -> activeNode(other).stream())
                .collect(Collectors.toSet());
        return Placement.choose(
                gateway.getSpec(), sources().allNodes(), activeNode(gateway).orElse(null), taken);
    }

    private void applyDataPlane(IPSecGateway gateway, Node node, List<IPSecTunnel> tunnels) {
        applier.apply(dataPlane(gateway, node.getMetadata().getName()));
        if (gateway.getSpec().routing().type() == RoutingType.HOST_ROUTE) {
            applier.apply(RouteResources.of(
                    gateway, node.getMetadata().getName(), RemoteNetworks.routes(tunnels, node), settings));
        } else {
            applier.delete(RouteResources.of(gateway, "", new RouteTable(List.of()), settings));
        }
    }

    private void deleteOnOtherNodes(IPSecGateway gateway, Optional<Node> node, Context<IPSecGateway> context) {
        String kept = node.map(chosen -> chosen.getMetadata().getName()).orElse(null);
        context.getSecondaryResourcesAsStream(Deployment.class)
                .map(AgentResources::nodeOf)
                .filter(name -> kept != null && !name.equals(kept))
                .forEach(name -> applier.delete(dataPlane(gateway, name)));
    }

    private List<HasMetadata> dataPlane(IPSecGateway gateway, String node) {
        return AgentResources.of(gateway, node, settings);
    }

    private IPSecGatewayStatus status(
            IPSecGateway gateway, Optional<Node> node, int tunnels, Context<IPSecGateway> context) {
        Optional<Deployment> agent = node.flatMap(chosen -> context.getSecondaryResourcesAsStream(Deployment.class)
                .filter(deployment -> AgentResources.nodeOf(deployment)
                        .equals(chosen.getMetadata().getName()))
                .findFirst());
        Optional<DaemonSet> routes = gateway.getSpec().routing().type() == RoutingType.HOST_ROUTE
                ? context.getSecondaryResource(DaemonSet.class)
                : Optional.empty();
        List<Verdict> verdicts = GatewayVerdicts.of(gateway.getSpec(), node, agent, routes);
        IPSecGatewayStatus before = gateway.getStatus();
        return new IPSecGatewayStatus(
                gateway.getMetadata().getGeneration(),
                Conditions.merge(
                        before == null ? List.of() : before.conditions(),
                        verdicts,
                        gateway.getMetadata().getGeneration(),
                        clock.instant()),
                node.map(chosen -> List.of(new GatewayNodeStatus(
                                chosen.getMetadata().getName(),
                                EndpointRole.ACTIVE,
                                agent.filter(GatewayVerdicts::isReady).isPresent(),
                                publicAddress(gateway, chosen))))
                        .orElse(List.of()),
                tunnels);
    }

    private static @Nullable String publicAddress(IPSecGateway gateway, Node node) {
        String given = gateway.getSpec().exposure().publicAddress();
        return given != null ? given : Placement.internalAddress(node).orElse(null);
    }

    private static UpdateControl<IPSecGateway> patched(IPSecGateway gateway, IPSecGatewayStatus status) {
        if (status.equals(gateway.getStatus())) {
            return UpdateControl.noUpdate();
        }
        IPSecGateway patch = new IPSecGateway();
        patch.getMetadata().setName(gateway.getMetadata().getName());
        patch.getMetadata().setNamespace(gateway.getMetadata().getNamespace());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    /** Where a gateway's tunnels end, as its status says. */
    public static Optional<String> activeNode(IPSecGateway gateway) {
        return gateway.getStatus() == null
                ? Optional.empty()
                : gateway.getStatus().nodes().stream()
                        .filter(node -> node.role() == EndpointRole.ACTIVE)
                        .map(GatewayNodeStatus::name)
                        .findFirst();
    }

    private <R extends HasMetadata> EventSource<R, IPSecGateway> owned(
            Class<R> type, EventSourceContext<IPSecGateway> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, IPSecGateway.class)
                        .withNamespaces(Set.of(settings.dataPlaneNamespace()))
                        .withLabelSelector(Names.MANAGED_BY + "=" + Names.FIELD_MANAGER)
                        .withSecondaryToPrimaryMapper(this::gatewayOf)
                        .build(),
                context);
    }

    private Set<ResourceID> gatewayOf(HasMetadata workload) {
        String gateway = workload.getMetadata().getLabels().get(Labels.GATEWAY);
        return gateway == null ? Set.of() : Set.of(new ResourceID(gateway, settings.namespace()));
    }

    private GatewaySources sources() {
        return Objects.requireNonNull(sources, "prepareEventSources comes first");
    }
}
