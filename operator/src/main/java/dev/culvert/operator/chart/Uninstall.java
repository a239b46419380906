package dev.culvert.operator.chart;

import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.operator.chart.ChartCommand.FailedException;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Deletes the gateways while there is an operator that takes down what they made. With the operator gone first, gateways
 * and tunnels could not be deleted any more for their finalizers.
 */
final class Uninstall {
    private final KubernetesClient client;
    private final String namespace;
    private final Patience forTunnels;
    private final Patience forGateways;

    Uninstall(KubernetesClient client, String namespace) {
        this(client, namespace, Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    Uninstall(KubernetesClient client, String namespace, Duration forTunnels, Duration forGateways) {
        this.client = client;
        this.namespace = namespace;
        this.forTunnels = new Patience(forTunnels, Duration.ofMillis(500));
        this.forGateways = new Patience(forGateways, Duration.ofMillis(500));
    }

    String run() throws FailedException {
        try {
            if (!forTunnels.await(() -> inUse().isEmpty())) {
                throw new FailedException(inUse() + "; delete those first (kubectl delete ipsectunnels --all -A)"
                        + ", then helm uninstall again; helm rollback takes the request back");
            }
            List<String> names = gateways().stream()
                    .map(gateway -> gateway.getMetadata().getName())
                    .toList();
            names.forEach(name -> resources().withName(name).delete());
            return forGateways.await(() -> gateways().isEmpty())
                    ? "deleted gateways: " + String.join(", ", names)
                    : withoutFinalizers();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("interrupted");
        }
    }

    /** The operator does not answer; its workloads go with the data plane's namespace. */
    private String withoutFinalizers() {
        List<IPSecGateway> left = gateways();
        left.forEach(gateway -> resources()
                .withName(gateway.getMetadata().getName())
                .edit(edited -> {
                    edited.getMetadata().setFinalizers(List.of());
                    return edited;
                }));
        return "the operator did not take down its gateways in time; their finalizers were removed";
    }

    /** Which gateways say that they have tunnels; empty when none does. */
    private String inUse() {
        return gateways().stream()
                .filter(gateway -> gateway.getStatus() != null
                        && gateway.getStatus().tunnels() != null
                        && gateway.getStatus().tunnels() > 0)
                .map(gateway -> "gateway " + gateway.getMetadata().getName() + " still has "
                        + gateway.getStatus().tunnels() + " tunnels")
                .collect(Collectors.joining(", "));
    }

    private List<IPSecGateway> gateways() {
        try {
            return resources().list().getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private NonNamespaceOperation<IPSecGateway, KubernetesResourceList<IPSecGateway>, Resource<IPSecGateway>>
            resources() {
        return client.resources(IPSecGateway.class).inNamespace(namespace);
    }
}
