package dev.culvert.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentResourcesTest {
    private static final OperatorSettings SETTINGS = OperatorSettings.from(Map.of(
            "POD_NAMESPACE", "culvert-system", "DATA_PLANE_NAMESPACE", "culvert-dataplane", "AGENT_IMAGE", "agent:1"));

    @Test
    void anAgentReadsOneSecretOnly() {
        Role role = only(Role.class, AgentResources.of(gateway(), "node1", SETTINGS));
        assertThat(role.getRules().stream().filter(rule -> rule.getResources().contains("secrets")))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.getResourceNames()).containsExactly("culvert-default-node1");
                    assertThat(rule.getVerbs()).containsExactlyInAnyOrder("get", "list", "watch");
                });
    }

    @Test
    void anAgentHasThreeCapabilitiesAndIsNotPrivileged() {
        PodSpec pod = podOf(only(Deployment.class, AgentResources.of(gateway(), "node1", SETTINGS)));
        Container container = pod.getContainers().getFirst();
        assertThat(container.getSecurityContext().getCapabilities().getAdd())
                .containsExactlyInAnyOrder("NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE");
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getPrivileged()).isNull();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    }

    @Test
    void aNodesNameMayBeLongerThanALabel() {
        String node = "node." + "n".repeat(100);
        Deployment deployment = only(Deployment.class, AgentResources.of(gateway(), node, SETTINGS));
        assertThat(deployment.getMetadata().getLabels().values())
                .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(63));
        assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
        assertThat(AgentResources.nodeOf(deployment)).isEqualTo(node);
    }

    @Test
    void theNodesSecretIsMadeWithoutEntries() {
        assertThat(only(Secret.class, AgentResources.of(gateway(), "node1", SETTINGS))
                        .getData())
                .as("entries are the tunnels', each by a field manager of its own")
                .isNullOrEmpty();
    }

    @Test
    void theRoutePodsHoldNoKeysAndReadOneConfigMap() {
        List<HasMetadata> all = RouteResources.of(
                gateway(),
                "node1",
                new RouteTable(List.of(new RouteTable.Route("10.50.0.0/16", "192.0.2.1"))),
                SETTINGS);
        assertThat(only(Role.class, all).getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getResources()).containsExactly("configmaps");
            assertThat(rule.getResourceNames()).containsExactly("culvert-routes-default");
        });
        Container container = podOf(only(DaemonSet.class, all)).getContainers().getFirst();
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).containsExactly("NET_ADMIN");
        assertThat(podOf(only(DaemonSet.class, all)).getVolumes()).noneMatch(volume -> volume.getSecret() != null);
    }

    @Test
    void theRoutePodsStayOffTheGatewaysNode() {
        DaemonSet set =
                only(DaemonSet.class, RouteResources.of(gateway(), "node1", new RouteTable(List.of()), SETTINGS));
        assertThat(podOf(set)
                        .getAffinity()
                        .getNodeAffinity()
                        .getRequiredDuringSchedulingIgnoredDuringExecution()
                        .getNodeSelectorTerms())
                .singleElement()
                .satisfies(term -> assertThat(term.getMatchFields())
                        .singleElement()
                        .satisfies(field -> {
                            assertThat(field.getOperator()).isEqualTo("NotIn");
                            assertThat(field.getValues()).containsExactly("node1");
                        }));
    }

    @Test
    void everyObjectIsInTheDataPlanesNamespaceAndHasItsOwnName() {
        List<HasMetadata> all = AgentResources.of(gateway(), "node1", SETTINGS);
        assertThat(all)
                .allSatisfy(r -> assertThat(r.getMetadata().getNamespace()).isEqualTo("culvert-dataplane"));
        assertThat(Set.copyOf(all.stream().map(HasMetadata::getKind).toList())).hasSameSizeAs(all);
    }

    private static IPSecGateway gateway() {
        IPSecGateway gateway = new IPSecGateway();
        gateway.getMetadata().setName("default");
        gateway.getMetadata().setNamespace("culvert-system");
        gateway.setSpec(IPSecGatewaySpec.defaults());
        return gateway;
    }

    private static PodSpec podOf(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static PodSpec podOf(DaemonSet set) {
        return set.getSpec().getTemplate().getSpec();
    }

    private static <T> T only(Class<T> type, List<HasMetadata> all) {
        return all.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
    }
}
