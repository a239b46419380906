package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelStatus;
import dev.culvert.api.v1alpha1.status.EndpointReport;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.operator.Applier;
import dev.culvert.operator.OperatorSettings;
import dev.culvert.operator.gateway.GatewayReconciler;
import dev.culvert.operator.status.TunnelEvents;
import dev.culvert.operator.status.TunnelStatus;
import dev.culvert.operator.status.TunnelVerdicts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compiles a tunnel to an endpoint on its gateway's node and folds the node's report into the tunnel's status. */
@ControllerConfiguration(name = "tunnel", finalizerName = "culvert.dev/tunnel")
public final class TunnelReconciler implements Reconciler<IPSecTunnel>, Cleaner<IPSecTunnel> {
    /** How soon a corrected Secret or ConfigMap is noticed: they are read by name, not watched. */
    private static final Duration UNTIL_NEXT_LOOK = Duration.ofSeconds(3);

    private static final Duration UNTIL_NEXT_LOOK_WHEN_READY = Duration.ofSeconds(30);
    private static final Duration UNTIL_NEXT_LOOK_AT_DELETION = Duration.ofMillis(500);
    /** How long a deletion waits for the node to say goodbye to the peer. */
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(10);

    private final OperatorSettings settings;
    private final KubernetesClient client;
    private final Endpoints endpoints;
    private final Credentials credentials;
    private final Clock clock;
    private final String instance;
    private @Nullable TunnelSources sources;

    /** @param instance name of this operator's pod, for Events */
    public TunnelReconciler(OperatorSettings settings, KubernetesClient client, Clock clock, String instance) {
        this.settings = settings;
        this.client = client;
        this.endpoints = new Endpoints(new Applier(client), settings);
        this.credentials = new Credentials(client, clock);
        this.clock = clock;
        this.instance = instance;
    }

    @Override
    public UpdateControl<IPSecTunnel> reconcile(IPSecTunnel tunnel, Context<IPSecTunnel> context) {
        Optional<IPSecGateway> gateway = sources().gatewayOf(tunnel);
        Credentials.Lookup found = credentials.find(tunnel);
        Admission admission =
                Admission.of(tunnel, sources().siblingsOf(tunnel), sources().clusterNetworks(), found);
        Verdict accepted = admission.accepted();
        Verdict resolved = References.resolved(tunnel, gateway, found);

        Optional<IPSecEndpoint> endpoint = accepted.isTrue() && resolved.isTrue()
                ? program(tunnel, gateway.orElseThrow(), (Credentials.Lookup.Found) found, context)
                : context.getSecondaryResourcesAsStream(IPSecEndpoint.class).findFirst();

        Optional<EndpointReport> report = endpoint.map(TunnelReconciler::report);
        Instant now = clock.instant();
        List<Verdict> verdicts = TunnelVerdicts.all(accepted, resolved, admission.degraded(), gateway, report, now);
        return updated(tunnel, TunnelStatus.of(tunnel, verdicts, report, now), now);
    }

    /** Has the node send DELETE, waits for that a bounded time, and lets go. */
    @Override
    public DeleteControl cleanup(IPSecTunnel tunnel, Context<IPSecTunnel> context) {
        List<IPSecEndpoint> left =
                context.getSecondaryResourcesAsStream(IPSecEndpoint.class).toList();
        Instant deadline =
                Instant.parse(tunnel.getMetadata().getDeletionTimestamp()).plus(LONGEST_GOODBYE);
        boolean silent =
                left.stream().allMatch(e -> e.getSpec().suspend() && report(e).isSilent());
        if (silent || clock.instant().isAfter(deadline)) {
            left.forEach(endpoints::delete);
            return DeleteControl.defaultDelete();
        }
        left.stream().filter(e -> !e.getSpec().suspend()).forEach(endpoints::suspend);
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(UNTIL_NEXT_LOOK_AT_DELETION);
    }

    @Override
    public List<EventSource<?, IPSecTunnel>> prepareEventSources(EventSourceContext<IPSecTunnel> context) {
        TunnelSources made = new TunnelSources(context, settings);
        sources = made;
        return List.of(made.gateways(), made.endpoints(), made.nodes());
    }

    /** Writes the endpoint for the gateway's node and removes those on other nodes; nothing while there is no node. */
    private Optional<IPSecEndpoint> program(
            IPSecTunnel tunnel, IPSecGateway gateway, Credentials.Lookup.Found found, Context<IPSecTunnel> context) {
        List<IPSecEndpoint> present =
                context.getSecondaryResourcesAsStream(IPSecEndpoint.class).toList();
        Optional<String> node = GatewayReconciler.activeNode(gateway);
        if (node.isEmpty()) {
            return present.stream().findFirst();
        }
        IPSecEndpoint desired = endpoints.of(tunnel, gateway, node.get());
        String name = desired.getMetadata().getName();
        present.stream().filter(e -> !e.getMetadata().getName().equals(name)).forEach(endpoints::delete);
        Optional<IPSecEndpoint> current = present.stream()
                .filter(e -> e.getMetadata().getName().equals(name))
                .findFirst();
        boolean carriesTraffic = current.map(TunnelReconciler::report)
                .filter(r -> r.established(clock.instant()).isTrue())
                .isPresent();
        endpoints.writeCredentials(desired, found, !carriesTraffic);
        return Optional.of(
                current.map(now -> endpoints.write(now, desired)).orElseGet(() -> endpoints.create(desired)));
    }

    private UpdateControl<IPSecTunnel> updated(IPSecTunnel tunnel, IPSecTunnelStatus status, Instant now) {
        Duration next = TunnelStatus.isReady(status) ? UNTIL_NEXT_LOOK_WHEN_READY : UNTIL_NEXT_LOOK;
        if (status.equals(tunnel.getStatus())) {
            return UpdateControl.<IPSecTunnel>noUpdate().rescheduleAfter(next);
        }
        TunnelEvents.of(tunnel, status, now, instance)
                .forEach(event -> client.resource(event).create());
        IPSecTunnel patch = new IPSecTunnel();
        patch.getMetadata().setName(tunnel.getMetadata().getName());
        patch.getMetadata().setNamespace(tunnel.getMetadata().getNamespace());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch).rescheduleAfter(next);
    }

    private static EndpointReport report(IPSecEndpoint endpoint) {
        return new EndpointReport(
                endpoint.getSpec(),
                Objects.requireNonNullElse(endpoint.getMetadata().getGeneration(), 0L),
                endpoint.getStatus());
    }

    private TunnelSources sources() {
        return Objects.requireNonNull(sources, "prepareEventSources comes first");
    }
}
