package dev.culvert.operator;

import dev.culvert.operator.gateway.GatewayReconciler;
import dev.culvert.operator.tunnel.TunnelReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
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
                controller -> controller.settingNamespace(settings.namespace()).withRetry(retry()));
        operator.register(new TunnelReconciler(settings, client, clock, instance), controller -> {
            controller.withRetry(retry());
            if (settings.watchNamespaces().isEmpty()) {
                controller.watchingAllNamespaces();
            } else {
                controller.settingNamespaces(Set.copyOf(settings.watchNamespaces()));
            }
        });
    }

    /** Without end: an API server that was away long must find the operator still trying. */
    private static Retry retry() {
        return new GenericRetry()
                .setInitialInterval(500)
                .setIntervalMultiplier(2)
                .setMaxInterval(10_000)
                .withoutMaxAttempts();
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
