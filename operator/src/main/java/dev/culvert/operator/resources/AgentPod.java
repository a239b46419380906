package dev.culvert.operator.resources;

import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.PodSettings;
import dev.culvert.operator.OperatorSettings;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pods of the data plane: on the node's own network, with the few capabilities that TUN, routes and ports below 1024
 * need, and never privileged.
 */
final class AgentPod {
    private static final int AGENT_HTTP_PORT = 9180;
    private static final int ROUTES_HTTP_PORT = 9181;
    /** SIGTERM has the agent send DELETE and exit within 5 s; twice that before SIGKILL. */
    private static final long TERMINATION_SECONDS = 10;

    private AgentPod() {}

    /** The pod that negotiates and carries traffic. */
    static PodTemplateSpec negotiating(
            IPSecGateway gateway, String node, String name, Map<String, String> labels, OperatorSettings settings) {
        List<EnvVar> environment = new ArrayList<>(commonEnvironment());
        environment.add(variable("GATEWAY_NAME", gateway.getMetadata().getName()));
        environment.add(variable("SECRET_NAME", name));
        PodTemplateSpec template = template(
                gateway,
                labels,
                name,
                List.of("run", "--cluster"),
                environment,
                AGENT_HTTP_PORT,
                List.of("NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE"),
                onNode("In", node),
                settings,
                gateway.getSpec().tolerations());
        return withState(template);
    }

    /** A place for the secret of crash detection: it outlives the container and a reboot of the node, not the pod. */
    private static PodTemplateSpec withState(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template)
                .editSpec()
                .editFirstContainer()
                .addNewVolumeMount()
                .withName("state")
                .withMountPath("/var/lib/culvert")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("state")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .build();
    }

    /** The pod that only routes, on every node but the gateway's. It holds no keys. */
    static PodTemplateSpec routing(
            IPSecGateway gateway,
            String gatewayNode,
            String name,
            Map<String, String> labels,
            OperatorSettings settings) {
        return template(
                gateway,
                labels,
                name,
                List.of("routes", "--cluster", "--config-map", name, "--http", "127.0.0.1:" + ROUTES_HTTP_PORT),
                commonEnvironment(),
                ROUTES_HTTP_PORT,
                List.of("NET_ADMIN"),
                onNode("NotIn", gatewayNode),
                settings,
                List.of(new TolerationBuilder().withOperator("Exists").build()));
    }

    private static PodTemplateSpec template(
            IPSecGateway gateway,
            Map<String, String> labels,
            String serviceAccount,
            List<String> arguments,
            List<EnvVar> environment,
            int httpPort,
            List<String> capabilities,
            Affinity affinity,
            OperatorSettings settings,
            List<Toleration> tolerations) {
        @Nullable PodSettings pod = gateway.getSpec().podTemplate();
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withHostNetwork(true)
                .withDnsPolicy("ClusterFirstWithHostNet")
                .withServiceAccountName(serviceAccount)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(TERMINATION_SECONDS)
                .withPriorityClassName(pod == null ? null : pod.priorityClassName())
                .withAffinity(affinity)
                .withTolerations(tolerations)
                .withNewSecurityContext()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(new ContainerBuilder()
                        .withName("agent")
                        .withImage(settings.agentImage())
                        .withImagePullPolicy(settings.imagePullPolicy())
                        .withArgs(arguments)
                        .withEnv(environment)
                        .withResources(resources(pod))
                        .withNewSecurityContext()
                        .withAllowPrivilegeEscalation(false)
                        .withReadOnlyRootFilesystem(true)
                        .withRunAsUser(0L)
                        .withNewCapabilities()
                        .withDrop("ALL")
                        .withAdd(capabilities)
                        .endCapabilities()
                        .endSecurityContext()
                        .withReadinessProbe(probe("/readyz", httpPort, 2))
                        .withLivenessProbe(probe("/healthz", httpPort, 10))
                        .withStartupProbe(probe("/healthz", httpPort, 1))
                        .addNewVolumeMount()
                        .withName("run")
                        .withMountPath("/run/culvert")
                        .endVolumeMount()
                        .addNewVolumeMount()
                        .withName("tmp")
                        .withMountPath("/tmp")
                        .endVolumeMount()
                        .addNewVolumeMount()
                        .withName("tun")
                        .withMountPath("/dev/net/tun")
                        .endVolumeMount()
                        .build())
                .addNewVolume()
                .withName("run")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .addNewVolume()
                .withName("tun")
                .withNewHostPath()
                .withPath("/dev/net/tun")
                .withType("CharDevice")
                .endHostPath()
                .endVolume()
                .endSpec()
                .build();
    }

    private static @Nullable ResourceRequirements resources(@Nullable PodSettings pod) {
        return pod == null ? null : pod.resources();
    }

    private static List<EnvVar> commonEnvironment() {
        return List.of(
                fieldVariable("NODE_NAME", "spec.nodeName"), fieldVariable("POD_NAMESPACE", "metadata.namespace"));
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    /** {@code apiVersion} is written out, since the API server fills it in and the next apply would differ. */
    private static EnvVar fieldVariable(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    private static Probe probe(String path, int port, int periodSeconds) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withHost("127.0.0.1")
                .withPath(path)
                .withNewPort(port)
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withFailureThreshold(periodSeconds == 1 ? 60 : 3)
                .build();
    }

    private static Affinity onNode(String operator, String node) {
        return new AffinityBuilder()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchField()
                .withKey("metadata.name")
                .withOperator(operator)
                .withValues(Objects.requireNonNull(node))
                .endMatchField()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .build();
    }
}
