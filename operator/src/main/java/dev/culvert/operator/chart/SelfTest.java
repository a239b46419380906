package dev.culvert.operator.chart;

import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.operator.chart.ChartCommand.FailedException;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code helm test}: the operator is ready, the API server takes a good tunnel and refuses a bad one (both as a dry
 * run), and the gateway is Ready.
 *
 * @param operator where the operator's health is served
 * @param gateway the chart's gateway; empty if it has none
 */
record SelfTest(KubernetesClient client, URI operator, String namespace, String gateway, Patience patience) {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);

    /**
     * Reads {@code POD_NAMESPACE}, {@code OPERATOR_SERVICE} and {@code GATEWAY_NAME}. The service's address is the one
     * that the kubelet put into the environment, so that a cluster's name service is not needed.
     */
    static SelfTest from(KubernetesClient client, Map<String, String> environment) throws FailedException {
        String service = ChartCommand.required(environment, "OPERATOR_SERVICE");
        String prefix = service.toUpperCase(Locale.ROOT).replace('-', '_') + "_SERVICE_";
        String host = ChartCommand.required(environment, prefix + "HOST");
        return new SelfTest(
                client,
                URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                        + ChartCommand.required(environment, prefix + "PORT")),
                ChartCommand.required(environment, "POD_NAMESPACE"),
                environment.getOrDefault("GATEWAY_NAME", ""),
                new Patience(Duration.ofSeconds(60), Duration.ofSeconds(1)));
    }

    String run() throws FailedException {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(REQUEST_LIMIT).build()) {
            if (!patience.await(() -> isReady(http))) {
                throw new FailedException("the operator is not ready at " + operator + "/readyz");
            }
            demandTaken("10.2.0.0/16");
            demandRefused("10.1.2.0/24");
            if (!gateway.isEmpty()
                    && !patience.await(
                            () -> readyCondition().filter(SelfTest::isTrue).isPresent())) {
                throw new FailedException("gateway " + gateway + " is not Ready: "
                        + readyCondition()
                                .map(c -> c.getReason() + ": " + c.getMessage())
                                .orElse("it has no such condition"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("interrupted");
        }
        return "the operator is ready, tunnels are checked"
                + (gateway.isEmpty() ? "" : ", gateway " + gateway + " is Ready");
    }

    private boolean isReady(HttpClient http) {
        HttpRequest request = HttpRequest.newBuilder(operator.resolve("/readyz"))
                .timeout(REQUEST_LIMIT)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void demandTaken(String remote) throws FailedException {
        try {
            dryRun(remote);
        } catch (KubernetesClientException e) {
            throw new FailedException("the API server refused a good tunnel: " + e.getMessage());
        }
    }

    private void demandRefused(String remote) throws FailedException {
        try {
            dryRun(remote);
        } catch (KubernetesClientException e) {
            if (String.valueOf(e.getMessage()).contains("overlap")) {
                return;
            }
            throw new FailedException("the API server refused a bad tunnel, but for another reason: " + e.getMessage());
        }
        throw new FailedException("the API server took a tunnel whose networks overlap: are its rules installed?");
    }

    private void dryRun(String remote) {
        GenericKubernetesResource tunnel =
                client.getKubernetesSerialization().unmarshal(sample(remote), GenericKubernetesResource.class);
        client.resource(tunnel).dryRun().create();
    }

    private String sample(String remote) {
        return """
            apiVersion: culvert.dev/v1alpha1
            kind: IPSecTunnel
            metadata: {name: culvert-self-test, namespace: %s}
            spec:
              gatewayRef: {name: default}
              local: {identity: {type: FQDN, value: a.example}}
              remote: {addresses: [192.0.2.1], identity: {type: FQDN, value: b.example}}
              authentication: {method: PreSharedKey, preSharedKey: {secretRef: {name: none}}}
              children:
              - {name: net, localTrafficSelectors: [10.1.0.0/16], remoteTrafficSelectors: [%s]}
            """.formatted(namespace, remote);
    }

    private Optional<Condition> readyCondition() {
        IPSecGateway found = client.resources(IPSecGateway.class)
                .inNamespace(namespace)
                .withName(gateway)
                .get();
        return found == null || found.getStatus() == null
                ? Optional.empty()
                : found.getStatus().conditions().stream()
                        .filter(condition -> ConditionTypes.READY.equals(condition.getType()))
                        .findFirst();
    }

    private static boolean isTrue(Condition condition) {
        return "True".equals(condition.getStatus());
    }
}
