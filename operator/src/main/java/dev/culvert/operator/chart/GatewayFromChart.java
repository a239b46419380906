package dev.culvert.operator.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.culvert.api.v1alpha1.ApiVersion;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.operator.chart.ChartCommand.FailedException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;

/**
 * The gateway that the chart's values describe. Helm cannot make it: on the first installation its definition comes in
 * the same step.
 *
 * @param spec as the values have it, so that the API server sees fields that do not exist, and says so
 */
record GatewayFromChart(String namespace, String name, Map<?, ?> spec) {
    private static final String FIELD_MANAGER = "culvert-chart";
    private static final Patience UNTIL_DEFINITION_IS_SERVED =
            new Patience(Duration.ofSeconds(30), Duration.ofMillis(500));

    /** Reads {@code POD_NAMESPACE}, {@code GATEWAY_NAME} and {@code GATEWAY_SPEC} (JSON). */
    static GatewayFromChart from(Map<String, String> environment) throws FailedException {
        try {
            return new GatewayFromChart(
                    ChartCommand.required(environment, "POD_NAMESPACE"),
                    ChartCommand.required(environment, "GATEWAY_NAME"),
                    new ObjectMapper().readValue(ChartCommand.required(environment, "GATEWAY_SPEC"), Map.class));
        } catch (JsonProcessingException e) {
            throw new FailedException("GATEWAY_SPEC is not JSON: " + e.getOriginalMessage());
        }
    }

    String apply(KubernetesClient client) throws FailedException {
        try {
            if (!UNTIL_DEFINITION_IS_SERVED.await(() -> isApplied(client))) {
                throw new FailedException("the API server does not serve " + ApiVersion.GROUP_VERSION);
            }
        } catch (KubernetesClientException e) {
            throw new FailedException("gateway.spec: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("interrupted");
        }
        return "gateway " + namespace + "/" + name + " applied";
    }

    private boolean isApplied(KubernetesClient client) {
        GenericKubernetesResource gateway = new GenericKubernetesResourceBuilder()
                .withApiVersion(ApiVersion.GROUP_VERSION)
                .withKind(IPSecGateway.KIND)
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToAdditionalProperties("spec", spec)
                .build();
        try {
            client.genericKubernetesResources(ApiVersion.GROUP_VERSION, IPSecGateway.KIND)
                    .inNamespace(namespace)
                    .resource(gateway)
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(true)
                            .build());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}
