package dev.culvert.operator.resources;

import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Routing type HostRoute: a pod without keys on each other node that routes remote networks to the gateway's node. */
public final class RouteResources {
    private RouteResources() {}

    /** Everything to apply, in order. */
    public static List<HasMetadata> of(
            IPSecGateway gateway, String gatewayNode, RouteTable routes, OperatorSettings settings) {
        String gatewayName = gateway.getMetadata().getName();
        String name = Names.routes(gatewayName);
        Map<String, String> labels = Map.of(
                "app.kubernetes.io/name",
                "culvert-routes",
                "app.kubernetes.io/managed-by",
                Names.FIELD_MANAGER,
                Labels.GATEWAY,
                gatewayName);
        ObjectMeta metadata = new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(settings.dataPlaneNamespace())
                .withLabels(labels)
                .build();
        List<HasMetadata> all = new ArrayList<>();
        all.add(new ConfigMapBuilder()
                .withMetadata(metadata)
                .withData(Map.of(RouteTable.KEY, routes.toJson()))
                .build());
        all.addAll(Account.of(
                metadata,
                List.of(new PolicyRuleBuilder()
                        .withApiGroups("")
                        .withResources("configmaps")
                        .withResourceNames(name)
                        .withVerbs("get", "list", "watch")
                        .build())));
        all.add(new DaemonSetBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(Map.of("app.kubernetes.io/name", "culvert-routes", Labels.GATEWAY, gatewayName))
                .endSelector()
                .withTemplate(AgentPod.routing(gateway, gatewayNode, name, labels, settings))
                .endSpec()
                .build());
        return all;
    }
}
