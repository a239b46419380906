package dev.culvert.operator;

import dev.culvert.operator.gateway.GatewayReconciler;
import dev.culvert.operator.tunnel.TunnelReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import java.time.Clock;
import java.util.Set;

/** The two controllers, wired up. */
public final class CulvertOperator implements AutoCloseable {
    private static final String LEASE = "culvert-operator";

    private final Operator operator;

    /** @param instance name of this operator's pod: the identity in the leader's Lease and in Events */
    public CulvertOperator(OperatorSettings settings, KubernetesClient client, Clock clock, String instance) {
        operator = new Operator(configuration -> {
            configuration
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(16);
            if (settings.leaderElection()) {
                configuration.withLeaderElectionConfiguration(
                        new LeaderElectionConfiguration(LEASE, settings.namespace(), instance));
            }
        });
        operator.register(
                new GatewayReconciler(settings, new Applier(client), clock),
                controller -> controller.settingNamespace(settings.namespace()));
        operator.register(new TunnelReconciler(settings, client, clock, instance), controller -> {
            if (settings.watchNamespaces().isEmpty()) {
                controller.watchingAllNamespaces();
            } else {
                controller.settingNamespaces(Set.copyOf(settings.watchNamespaces()));
            }
        });
    }

    /** Returns once this operator leads and its informers are in step, or throws. */
    public void start() {
        operator.start();
    }

    /** Whether the informers are connected. */
    public boolean isHealthy() {
        return !operator.getRuntimeInfo().isStarted()
                || operator.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
