package dev.culvert.operator.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.operator.CulvertOperator;
import dev.culvert.operator.OperatorSettings;
import dev.culvert.operator.chart.ChartCommand.FailedException;
import dev.culvert.testkit.kubernetes.KubeApiServer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart as Helm renders it, taken by a real API server, and whether its rights are enough and not more. */
@Tag("apiserver")
@EnabledIf(value = "isPossible", disabledReason = "no helm and kube-apiserver here: script/cluster build makes them")
class ChartTest {
    private static final String SYSTEM = "culvert-system";
    private static final String DATA_PLANE = "culvert-dataplane";
    private static final String ADMINISTRATOR = "";
    private static final String OPERATOR = "system:serviceaccount:culvert-system:culvert-operator";
    private static final String HOOKS = "system:serviceaccount:culvert-system:culvert-hooks";
    private static final String TESTER = "system:serviceaccount:culvert-system:culvert-test";

    @SuppressWarnings("NullAway.Init")
    private static KubeApiServer server;

    static boolean isPossible() {
        return KubeApiServer.isAvailable() && Helm.isAvailable();
    }

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        server = KubeApiServer.start();
        server.apply("""
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: culvert-system
                  labels: {pod-security.kubernetes.io/enforce: restricted}
                """);
        Helm.Result chart = Helm.template();
        assertThat(chart.status()).as(chart.output()).isZero();
        server.apply(chart.output());
        server.apply("""
                apiVersion: v1
                kind: Node
                metadata: {name: node1}
                """);
        assertThat(server.kubectl("", "patch", "node", "node1", "--subresource=status", "--type=merge", "-p", """
                                {"status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.1"}],
                                 "conditions": [{"type": "Ready", "status": "True", "reason": "Test", "message": ""}]}}
                                """)
                        .output())
                .contains("patched");
        assertThat(server.kubectl("", "taint", "node", "node1", "node.kubernetes.io/not-ready:NoSchedule-")
                        .status())
                .isBetween(0, 1);
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void lintFindsNothing() throws IOException, InterruptedException {
        Helm.Result lint = Helm.lint();
        assertThat(lint.status()).as(lint.output()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operator.replica=2",
                "operator.replicas=0",
                "operator.image.pullPolicy=Sometimes",
                "operator.image.digest=sha256:1",
                "agent.privileged=true",
                "clusterCIDRs={pods}",
                "gateway.spec.engine.workers=2",
                "gateway.spec.mtu=100",
                "watchNamespaces={Team A}",
            })
    void valuesThatMeanNothingAreRefused(String value) throws IOException, InterruptedException {
        Helm.Result rendered = Helm.template("--set", value);
        assertThat(rendered.status()).isNotZero();
        assertThat(rendered.output()).contains("values don't meet the specifications of the schema");
    }

    @Test
    void definitionsStayAndCanBeLeftOut() throws IOException, InterruptedException {
        assertThat(Helm.template("--show-only", "templates/crds/crds.yaml").output())
                .contains("helm.sh/resource-policy: keep")
                .contains("name: ipsectunnels.culvert.dev");
        assertThat(Helm.template("--set", "crds.enabled=false").output())
                .doesNotContain("kind: CustomResourceDefinition");
    }

    @Test
    void imagesCanBePinned() throws IOException, InterruptedException {
        String digest = "sha256:" + "a".repeat(64);
        assertThat(Helm.template("--set", "agent.image.digest=" + digest, "--set", "operator.image.digest=" + digest)
                        .output())
                .contains("image: culvert/operator@" + digest)
                .contains("value: \"culvert/agent@" + digest)
                .doesNotContain("culvert/operator:dev");
    }

    @Test
    void everyVariantIsTakenByTheApiServer() throws IOException, InterruptedException {
        Helm.Result variant = Helm.template(
                "--no-hooks",
                "--set",
                "operator.replicas=2,watchNamespaces={default},clusterCIDRs={10.244.0.0/16}",
                "--set",
                "imagePullSecrets[0].name=pull,operator.priorityClassName=system-cluster-critical",
                "--set",
                "operator.nodeSelector.a=b,operator.tolerations[0].operator=Exists",
                "--set",
                "gateway.spec.nodeSelector.edge=yes");
        assertThat(variant.status()).as(variant.output()).isZero();
        assertThat(variant.output()).contains("PodDisruptionBudget", "podAntiAffinity");
        KubeApiServer.Result applied = server.kubectl(
                variant.output(), "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-");
        assertThat(applied.isSuccess()).as(applied.output()).isTrue();
        assertThat(applied.output()).doesNotContain("Warning");
    }

    @Test
    void onlyTheDataPlaneMayHavePrivileges() {
        assertThat(server.kubectl("", "get", "namespace", DATA_PLANE, "-o", "jsonpath={.metadata.labels}")
                        .output())
                .contains("\"pod-security.kubernetes.io/enforce\":\"privileged\"");
        assertThat(server.kubectl("", "get", "pod", "-n", SYSTEM, "culvert-test")
                        .isSuccess())
                .as("the restricted namespace took the chart's pod")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "get secrets,default,yes",
        "list secrets,default,no",
        "get configmaps,default,yes",
        "list configmaps,default,no",
        "watch secrets,default,no",
        "create pods,default,no",
        "create deployments.apps,default,no",
        "list secrets,kube-system,no",
        "delete ipsectunnels.culvert.dev,default,no",
        "update ipsecgateways.culvert.dev,default,no",
        "update ipsecgateways.culvert.dev,culvert-system,yes",
        "delete ipsecgateways.culvert.dev,culvert-system,no",
        "list secrets,culvert-system,no",
        "create pods,culvert-dataplane,no",
        "create deployments.apps,culvert-dataplane,yes",
        "escalate roles.rbac.authorization.k8s.io,culvert-dataplane,no",
        "bind roles.rbac.authorization.k8s.io,culvert-dataplane,no",
        "update leases.coordination.k8s.io/culvert-operator,culvert-system,yes",
        "update leases.coordination.k8s.io/other,culvert-system,no",
    })
    void line64_theOperatorsRightsAreTheLeast(String action, String namespace, String allowed) {
        String[] verbAndResource = action.split(" ", -1);
        assertThat(server.kubectl(
                                "",
                                "auth",
                                "can-i",
                                verbAndResource[0],
                                verbAndResource[1],
                                "-n",
                                namespace,
                                "--as=" + OPERATOR)
                        .output())
                .startsWith(allowed);
    }

    @Test
    void watchedNamespacesBecomeRoleBindings() throws IOException, InterruptedException {
        String rendered = Helm.template(
                        "--set", "watchNamespaces={team-a,team-b}", "--show-only", "templates/operator/rbac.yaml")
                .output();
        assertThat(rendered)
                .contains("namespace: team-a", "namespace: team-b")
                .doesNotContain("kind: ClusterRoleBinding\nmetadata:\n  name: culvert-system-culvert-operator-tunnels");
    }

    /** The whole way of a tunnel's resource with the chart's rights, from the gateway to its removal. */
    @Test
    void theRightsAreEnough() throws Exception {
        try (KubernetesClient admin = client(ADMINISTRATOR);
                KubernetesClient asOperator = client(OPERATOR);
                KubernetesClient asHooks = client(HOOKS)) {
            Map<String, String> chart =
                    Map.of("POD_NAMESPACE", SYSTEM, "GATEWAY_NAME", "default", "GATEWAY_SPEC", "{\"mtu\": 1400}");
            assertThat(GatewayFromChart.from(chart).apply(asHooks)).contains("culvert-system/default applied");
            OperatorSettings settings = OperatorSettings.from(Map.of(
                    "POD_NAMESPACE",
                    SYSTEM,
                    "DATA_PLANE_NAMESPACE",
                    DATA_PLANE,
                    "AGENT_IMAGE",
                    "agent:1",
                    "LEADER_ELECTION",
                    "false"));
            try (CulvertOperator operator =
                    new CulvertOperator(settings, asOperator, Clock.systemUTC(), "chart-test")) {
                operator.start();
                soon(() -> assertThat(admin.resources(Deployment.class)
                                .inNamespace(DATA_PLANE)
                                .list()
                                .getItems())
                        .hasSize(1));
                server.apply(TUNNEL);
                soon(() -> {
                    IPSecEndpoint endpoint = admin.resources(IPSecEndpoint.class)
                            .inNamespace(DATA_PLANE)
                            .list()
                            .getItems()
                            .getFirst();
                    assertThat(endpoint.getSpec().mtu()).isEqualTo(1400);
                });
                soon(() -> assertThat(admin.resources(Secret.class)
                                .inNamespace(DATA_PLANE)
                                .list()
                                .getItems())
                        .anySatisfy(secret -> assertThat(secret.getData()).containsKey("default.branch.psk")));
                soon(() -> assertThat(conditionOf(admin, ConditionTypes.RESOLVED_REFS))
                        .isEqualTo("True"));
                soon(() -> assertThat(server.kubectl("", "get", "events.events.k8s.io", "-n", "default")
                                .output())
                        .contains("ipsectunnel/branch"));

                Uninstall early = new Uninstall(asHooks, SYSTEM, Duration.ofMillis(1), Duration.ofMillis(1));
                assertThatThrownBy(early::run)
                        .isInstanceOf(FailedException.class)
                        .hasMessageContaining("gateway default still has 1 tunnels; delete those first");

                admin.resources(IPSecTunnel.class)
                        .inNamespace("default")
                        .withName("branch")
                        .delete();
                soon(() -> assertThat(admin.resources(IPSecTunnel.class)
                                .inNamespace("default")
                                .list()
                                .getItems())
                        .isEmpty());
                assertThat(new Uninstall(asHooks, SYSTEM).run()).isEqualTo("deleted gateways: default");
                assertThat(admin.resources(Deployment.class)
                                .inNamespace(DATA_PLANE)
                                .list()
                                .getItems())
                        .isEmpty();
            }
        }
    }

    @Test
    void gatewayFieldsThatDoNotExistAreNamed() throws FailedException {
        try (KubernetesClient asHooks = client(HOOKS)) {
            GatewayFromChart gateway = GatewayFromChart.from(
                    Map.of("POD_NAMESPACE", SYSTEM, "GATEWAY_NAME", "odd", "GATEWAY_SPEC", "{\"engine\": {}}"));
            assertThatThrownBy(() -> gateway.apply(asHooks))
                    .isInstanceOf(FailedException.class)
                    .hasMessageContaining(".spec.engine: field not declared in schema");
        }
    }

    @Test
    void uninstallLetsGatewaysGoWithoutAnOperator() throws FailedException {
        try (KubernetesClient asHooks = client(HOOKS);
                KubernetesClient admin = client(ADMINISTRATOR)) {
            server.apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: forsaken}
                    """);
            IPSecGateway gateway = new IPSecGateway();
            gateway.getMetadata().setName("forsaken");
            gateway.getMetadata().setNamespace("forsaken");
            gateway.getMetadata().setFinalizers(List.of("culvert.dev/gateway"));
            gateway.setSpec(IPSecGatewaySpec.defaults());
            admin.resource(gateway).create();
            assertThat(new Uninstall(admin, "forsaken", Duration.ofSeconds(1), Duration.ofMillis(10)).run())
                    .contains("their finalizers were removed");
            assertThat(admin.resources(IPSecGateway.class)
                            .inNamespace("forsaken")
                            .list()
                            .getItems())
                    .isEmpty();
            assertThatThrownBy(() -> new Uninstall(asHooks, "forsaken").run()).hasMessageContaining("forbidden");
        }
    }

    @Test
    void selfTestNeedsNoMoreThanItsRights() throws IOException, FailedException {
        HttpServer health = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        health.createContext("/readyz", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        health.start();
        try (KubernetesClient asTester = client(TESTER)) {
            Map<String, String> environment = Map.of(
                    "POD_NAMESPACE",
                    SYSTEM,
                    "OPERATOR_SERVICE",
                    "culvert-operator",
                    "CULVERT_OPERATOR_SERVICE_HOST",
                    "127.0.0.1",
                    "CULVERT_OPERATOR_SERVICE_PORT",
                    Integer.toString(health.getAddress().getPort()));
            assertThat(SelfTest.from(asTester, environment).run())
                    .isEqualTo("the operator is ready, tunnels are checked");
        } finally {
            health.stop(0);
        }
    }

    private static String conditionOf(KubernetesClient client, String type) {
        return client
                .resources(IPSecTunnel.class)
                .inNamespace("default")
                .withName("branch")
                .get()
                .getStatus()
                .conditions()
                .stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow()
                .getStatus();
    }

    private static KubernetesClient client(String user) {
        Config config = Config.fromKubeconfig(server.kubeconfig().toFile());
        return new KubernetesClientBuilder()
                .withConfig(
                        !user.equals(ADMINISTRATOR)
                                ? new ConfigBuilder(config)
                                        .withImpersonateUsername(user)
                                        .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
                                        .build()
                                : config)
                .build();
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    private static final String TUNNEL = """
            apiVersion: culvert.dev/v1alpha1
            kind: IPSecTunnel
            metadata: {name: branch, namespace: default}
            spec:
              gatewayRef: {name: default}
              local: {identity: {type: FQDN, value: cluster.example}}
              remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: branch.example}}
              authentication: {method: PreSharedKey, preSharedKey: {secretRef: {name: branch-psk}}}
              children:
              - {name: net, localTrafficSelectors: [10.244.0.0/16], remoteTrafficSelectors: [10.50.0.0/16]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: branch-psk, namespace: default}
            stringData: {psk: "at least twenty random characters"}
            """;
}
