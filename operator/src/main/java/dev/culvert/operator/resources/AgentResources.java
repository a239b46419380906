package dev.culvert.operator.resources;

import dev.culvert.api.v1alpha1.ApiVersion;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The agent of a gateway on one node: a Deployment pinned to the node, with an account of its own that may read one
 * Secret, so that a broken-into node reads the keys of its own tunnels only.
 */
public final class AgentResources {
    private AgentResources() {}

    /** Everything to apply, in order. The Secret's entries are the tunnels' and not named here. */
    public static List<HasMetadata> of(IPSecGateway gateway, String node, OperatorSettings settings) {
        String gatewayName = gateway.getMetadata().getName();
        String name = Names.agent(gatewayName, node);
        Map<String, String> labels = Map.of(
                "app.kubernetes.io/name",
                "culvert-agent",
                "app.kubernetes.io/managed-by",
                Names.FIELD_MANAGER,
                Labels.GATEWAY,
                gatewayName,
                Labels.NODE,
                EndpointNames.nodeLabel(node));
        ObjectMeta metadata = new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(settings.dataPlaneNamespace())
                .withLabels(labels)
                .withAnnotations(Map.of(Labels.NODE, node))
                .build();
        List<HasMetadata> all = new ArrayList<>();
        all.add(new SecretBuilder().withMetadata(metadata).withType("Opaque").build());
        all.addAll(Account.of(metadata, rules(name)));
        all.add(new DeploymentBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .withReplicas(1)
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .withNewSelector()
                .withMatchLabels(Map.of(Labels.GATEWAY, gatewayName, Labels.NODE, EndpointNames.nodeLabel(node)))
                .endSelector()
                .withTemplate(AgentPod.negotiating(gateway, node, name, labels, settings))
                .endSpec()
                .build());
        return all;
    }

    /** The node that an agent's object belongs to; the label may hold but a hash of its name. */
    public static String nodeOf(HasMetadata resource) {
        return Objects.requireNonNull(resource.getMetadata().getAnnotations().get(Labels.NODE));
    }

    private static List<PolicyRule> rules(String secret) {
        return List.of(
                new PolicyRuleBuilder()
                        .withApiGroups("")
                        .withResources("secrets")
                        .withResourceNames(secret)
                        .withVerbs("get", "list", "watch")
                        .build(),
                new PolicyRuleBuilder()
                        .withApiGroups(ApiVersion.GROUP)
                        .withResources("ipsecendpoints")
                        .withVerbs("get", "list", "watch")
                        .build(),
                new PolicyRuleBuilder()
                        .withApiGroups(ApiVersion.GROUP)
                        .withResources("ipsecendpoints/status")
                        .withVerbs("get", "patch", "update")
                        .build());
    }
}
