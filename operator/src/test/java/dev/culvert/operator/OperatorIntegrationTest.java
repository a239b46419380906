package dev.culvert.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.v1alpha1.ChildSaState;
import dev.culvert.api.v1alpha1.ChildSaStatus;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.ConfigurationChange;
import dev.culvert.api.v1alpha1.ConfigurationEffect;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.FailureReason;
import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IkeSaState;
import dev.culvert.api.v1alpha1.IkeSaStatus;
import dev.culvert.api.v1alpha1.LastError;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.testkit.certificates.TestAuthority.Credential;
import dev.culvert.testkit.kubernetes.KubeApiServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/** The whole operator against a real API server; the test plays the kubelet and the agent. */
@Tag("apiserver")
@EnabledIf(
        value = "dev.culvert.testkit.kubernetes.KubeApiServer#isAvailable",
        disabledReason = "no etcd and kube-apiserver here: script/cluster build makes them")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorIntegrationTest {
    private static final String SYSTEM = "culvert-system";
    private static final String DATA_PLANE = "culvert-dataplane";
    private static final String AGENT = "culvert-default-node1";
    private static final OperatorSettings SETTINGS = OperatorSettings.from(Map.of(
            "POD_NAMESPACE",
            SYSTEM,
            "DATA_PLANE_NAMESPACE",
            DATA_PLANE,
            "AGENT_IMAGE",
            "agent:1",
            "LEADER_ELECTION",
            "false",
            "CLUSTER_CIDRS",
            "10.244.0.0/16,10.96.0.0/12"));

    @SuppressWarnings("NullAway.Init")
    private static KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private CulvertOperator operator;

    @BeforeAll
    void start() {
        client = connect();
        for (String crd : List.of("ipsectunnels", "ipsecgateways", "ipsecendpoints")) {
            InputStream yaml = Objects.requireNonNull(
                    IPSecTunnel.class.getResourceAsStream("/META-INF/fabric8/" + crd + ".culvert.dev-v1.yml"));
            client.load(yaml).serverSideApply();
            soon().until(() -> client
                    .apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(crd + ".culvert.dev")
                    .get()
                    .getStatus()
                    .getConditions()
                    .stream()
                    .anyMatch(c ->
                            c.getType().equals("Established") && c.getStatus().equals("True")));
        }
        for (String namespace : List.of(SYSTEM, DATA_PLANE)) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .create();
        }
        node("node1", "192.0.2.1");
        node("node2", "192.0.2.2");
        operator = new CulvertOperator(SETTINGS, client, Clock.systemUTC(), "test");
        operator.start();
    }

    @AfterAll
    void stop() {
        operator.close();
    }

    @Test
    @Order(1)
    void aGatewayGetsAnAgentOnOneNodeAndRoutesOnTheOthers() {
        IPSecGateway gateway = yaml(IPSecGateway.class, """
                apiVersion: culvert.dev/v1alpha1
                kind: IPSecGateway
                metadata: {name: default, namespace: culvert-system}
                spec: {}
                """);
        client.resource(gateway).create();
        soon().untilAsserted(() -> {
            assertThat(deployment()).isNotNull();
            assertThat(routes()).isNotNull();
            assertThat(gateway().getStatus()).isNotNull();
            assertThat(gateway().getStatus().nodes()).singleElement().satisfies(n -> {
                assertThat(n.name()).isEqualTo("node1");
                assertThat(n.publicAddress()).isEqualTo("192.0.2.1");
                assertThat(n.ready()).isFalse();
            });
        });
        client.resource(new DeploymentBuilder(deployment())
                        .withNewStatus()
                        .withReplicas(1)
                        .withReadyReplicas(1)
                        .withAvailableReplicas(1)
                        .endStatus()
                        .build())
                .patchStatus();
        soon().untilAsserted(() ->
                assertThat(gateway().getStatus().nodes().getFirst().ready()).isTrue());
    }

    @Test
    @Order(2)
    void aMissingSecretIsSaidAndHeals() {
        client.resource(tunnel("branch", "10.50.0.0/16")).create();
        soon().untilAsserted(() -> assertThat(condition("branch", ConditionTypes.RESOLVED_REFS))
                .hasValueSatisfying(c -> {
                    assertThat(c.getStatus()).isEqualTo("False");
                    assertThat(c.getReason()).isEqualTo("SecretNotFound");
                    assertThat(c.getMessage()).contains("branch-psk");
                }));
        assertThat(endpoint("branch").get()).isNull();

        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("branch-psk")
                        .withNamespace("default")
                        .endMetadata()
                        .withData(Map.of("psk", base64("a long and secret passphrase")))
                        .build())
                .create();
        soon().untilAsserted(() -> {
            assertThat(condition("branch", ConditionTypes.RESOLVED_REFS).map(Condition::getStatus))
                    .hasValue("True");
            assertThat(endpoint("branch").get()).isNotNull();
            assertThat(agentSecret().getData())
                    .containsEntry("default.branch.psk", base64("a long and secret passphrase"));
        });
        assertThat(condition("branch", ConditionTypes.PROGRAMMED).map(Condition::getReason))
                .hasValue("Pending");
    }

    @Test
    @Order(3)
    void theAgentsReportBecomesConditions() {
        report(
                "branch",
                false,
                new LastError(
                        Instant.now().toString(),
                        FailureReason.AUTHENTICATION_FAILED,
                        "AUTHENTICATION_FAILED",
                        "the peer refused our key"));
        soon().untilAsserted(() -> {
            Condition established =
                    condition("branch", ConditionTypes.ESTABLISHED).orElseThrow();
            assertThat(established.getStatus()).isEqualTo("False");
            assertThat(established.getReason()).isEqualTo("AuthenticationFailed");
            assertThat(established.getMessage()).isEqualTo("the peer refused our key");
            assertThat(condition("branch", ConditionTypes.READY).map(Condition::getReason))
                    .hasValue("AuthenticationFailed");
        });
        report("branch", true, null);
        soon().untilAsserted(() -> {
            assertThat(condition("branch", ConditionTypes.READY).map(Condition::getStatus))
                    .hasValue("True");
            assertThat(tunnelNow("branch").getStatus().childSAsReady()).isEqualTo("1/1");
            assertThat(tunnelNow("branch").getStatus().activeNode()).isEqualTo("node1");
        });
        soon().untilAsserted(() -> assertThat(client.resources(Event.class)
                        .inNamespace("default")
                        .list()
                        .getItems())
                .extracting(Event::getReason)
                .contains("SecretNotFound", "AuthenticationFailed", "AllChildSAsEstablished"));
    }

    @Test
    @Order(4)
    void theOtherNodesLearnTheRoutes() {
        soon().untilAsserted(() -> assertThat(RouteTable.parse(Objects.requireNonNull(client.configMaps()
                                .inNamespace(DATA_PLANE)
                                .withName("culvert-routes-default")
                                .get()
                                .getData()
                                .get(RouteTable.KEY)))
                        .routes())
                .containsExactly(new RouteTable.Route("10.50.0.0/16", "192.0.2.1")));
    }

    @Test
    @Order(5)
    void aChangedSecretReachesTheNode() {
        client.secrets()
                .inNamespace("default")
                .withName("branch-psk")
                .edit(secret -> new SecretBuilder(secret)
                        .withData(Map.of("psk", base64("another long and secret one")))
                        .build());
        report(
                "branch",
                false,
                new LastError(Instant.now().toString(), FailureReason.AUTHENTICATION_FAILED, null, "no"));
        soon().untilAsserted(() -> assertThat(agentSecret().getData())
                .containsEntry("default.branch.psk", base64("another long and secret one")));
        report("branch", true, null);
    }

    /** What the node did with a changed configuration is told once, as a warning if it cost an interruption. */
    @Test
    @Order(5)
    void whatAChangedConfigurationCostIsTold() {
        for (ConfigurationEffect effect : ConfigurationEffect.values()) {
            ConfigurationChange change = new ConfigurationChange(Instant.now().toString(), effect, "it cost " + effect);
            report("branch", true, null, change);
            soon().untilAsserted(() ->
                    assertThat(tunnelNow("branch").getStatus().lastChange()).isEqualTo(change));
        }
        soon().untilAsserted(() -> assertThat(client.resources(Event.class)
                        .inNamespace("default")
                        .list()
                        .getItems())
                .filteredOn(event -> event.getNote().startsWith("it cost"))
                .extracting(event -> event.getType() + " " + event.getReason() + " " + event.getNote())
                .containsExactlyInAnyOrder(
                        "Normal ConfigurationApplied it cost KEPT",
                        "Normal ConfigurationApplied it cost CHILD_SAS_REPLACED",
                        "Normal ConfigurationApplied it cost IKE_SA_REPLACED",
                        "Warning ConfigurationInterrupted it cost INTERRUPTED"));
    }

    @Test
    @Order(6)
    void line64_overlappingAndClusterNetworksAreNotAccepted() {
        client.resource(tunnel("overlap", "10.50.1.0/24")).create();
        client.resource(tunnel("captor", "10.96.7.0/24")).create();
        soon().untilAsserted(() -> {
            assertThat(condition("overlap", ConditionTypes.ACCEPTED)).hasValueSatisfying(c -> {
                assertThat(c.getReason()).isEqualTo("OverlappingTrafficSelectors");
                assertThat(c.getMessage()).contains("branch");
            });
            assertThat(condition("captor", ConditionTypes.ACCEPTED).map(Condition::getStatus))
                    .hasValue("False");
            assertThat(condition("branch", ConditionTypes.ACCEPTED).map(Condition::getStatus))
                    .hasValue("True");
        });
        assertThat(endpoint("overlap").get()).isNull();
        client.resource(tunnel("overlap", "10.50.1.0/24")).delete();
        client.resource(tunnel("captor", "10.96.7.0/24")).delete();
        soon().untilAsserted(() -> assertThat(client.resources(IPSecTunnel.class)
                        .inNamespace("default")
                        .list()
                        .getItems())
                .hasSize(1));
    }

    /** Line 63: a renewed certificate reaches the node, a broken one does not, and the tunnel says so. */
    @Test
    @Order(6)
    void line63_certificatesReachTheNodeAndBrokenOnesDoNot() {
        TestAuthority root = TestAuthority.root("Operator root", "ecp256");
        client.resource(yaml(IPSecTunnel.class, """
                apiVersion: culvert.dev/v1alpha1
                kind: IPSecTunnel
                metadata: {name: certified, namespace: default}
                spec:
                  gatewayRef: {name: default}
                  local: {identity: {type: FQDN, value: cluster.example}}
                  remote: {addresses: [192.0.2.77], identity: {type: DN, value: "CN=branch,O=Example"}}
                  authentication:
                    method: Certificate
                    certificate: {secretRef: {name: cluster-tls}, trustBundleRef: {name: branch-ca}}
                  children:
                  - {name: net, localTrafficSelectors: [10.244.0.0/16], remoteTrafficSelectors: [10.61.0.0/16]}
                """)).create();
        assertResolvedRefs("SecretNotFound", "cluster-tls");
        Credential first = root.gateway("cluster.example", "ecp256");
        client.resource(tls(first.chainPem(), first.keyPem())).create();
        assertResolvedRefs("ConfigMapNotFound", "branch-ca");
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("branch-ca")
                        .withNamespace("default")
                        .endMetadata()
                        .withData(Map.of("ca.crt", root.pem()))
                        .build())
                .create();
        assertResolvedRefs("ResolvedRefs", "");
        soon().untilAsserted(() -> assertThat(agentSecret().getData())
                .containsEntry("default.certified.crt", base64(first.chainPem()))
                .containsEntry("default.certified.key", base64(first.keyPem()))
                .containsEntry("default.certified.ca", base64(root.pem()))
                .doesNotContainKey("default.certified.psk"));
        assertThat(endpoint("certified").get().getSpec().authentication().certificate())
                .isEqualTo(new EndpointCertificate(
                        "default.certified.crt", "default.certified.key", "default.certified.ca", null));

        Credential renewed = root.gateway("cluster.example", "ecp384");
        client.resource(tls(renewed.chainPem(), renewed.keyPem())).update();
        soon().untilAsserted(() ->
                assertThat(agentSecret().getData()).containsEntry("default.certified.crt", base64(renewed.chainPem())));

        client.resource(tls(first.chainPem(), renewed.keyPem())).update();
        assertResolvedRefs("CertificateInvalid", "does not belong to the certificate");
        Instant now = Instant.now();
        Credential expired = root.issue(
                "CN=cluster", "ecp256", issue -> issue.valid(now.minusSeconds(7200), now.minusSeconds(3600)));
        client.resource(tls(expired.chainPem(), expired.keyPem())).update();
        assertResolvedRefs("CertificateExpired", "is valid from");
        assertThat(condition("certified", ConditionTypes.DEGRADED)).hasValueSatisfying(c -> {
            assertThat(c.getStatus()).isEqualTo("True");
            assertThat(c.getReason()).isEqualTo("CertificateExpired");
        });
        assertThat(agentSecret().getData())
                .as("the last good one stays")
                .containsEntry("default.certified.crt", base64(renewed.chainPem()));

        Credential ending = root.issue(
                "CN=cluster",
                "ecp256",
                issue -> issue.valid(now.minus(Duration.ofDays(80)), now.plus(Duration.ofDays(5))));
        client.resource(tls(ending.chainPem(), ending.keyPem())).update();
        assertResolvedRefs("ResolvedRefs", "");
        assertThat(condition("certified", ConditionTypes.DEGRADED).map(Condition::getReason))
                .hasValue("CertificateExpiringSoon");

        client.resource(tunnelNow("certified")).delete();
        soon().untilAsserted(() -> assertThat(tunnelNow("certified")).isNull());
    }

    /** Its values are in the endpoint, and what its vendor demands of the key is demanded. */
    @Test
    @Order(6)
    void aPresetIsInTheEndpointOnceItsVendorWouldTakeTheKey() {
        client.resource(key("0tLeastTwentyRandomCharacters")).create();
        IPSecTunnel tunnel = yaml(
                IPSecTunnel.class,
                Serialization.asYaml(tunnel("amazon", "10.62.0.0/16"))
                        .replace("spec:", "spec:\n  preset: AWS")
                        .replace("branch-psk", "amazon-psk"));
        client.resource(tunnel).create();
        assertResolvedRefs("amazon", "SecretInvalid", "is none that AWS takes");
        assertThat(endpoint("amazon").get()).isNull();

        client.resource(key("AtLeastTwentyRandomCharacters")).update();
        assertResolvedRefs("amazon", "ResolvedRefs", "");
        soon().untilAsserted(() -> assertThat(endpoint("amazon").get()).isNotNull());
        IPSecEndpointSpec spec = endpoint("amazon").get().getSpec();
        assertThat(spec.ike().proposals()).containsExactly("aes256gcm16-prfsha384-ecp384");
        assertThat(spec.children().getFirst().rekeyTime()).isEqualTo("54m");

        client.resource(tunnelNow("amazon")).delete();
        soon().untilAsserted(() -> assertThat(tunnelNow("amazon")).isNull());
    }

    private static Secret key(String key) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("amazon-psk")
                .withNamespace("default")
                .endMetadata()
                .withStringData(Map.of("psk", key))
                .build();
    }

    private static void assertResolvedRefs(String reason, String message) {
        assertResolvedRefs("certified", reason, message);
    }

    private static void assertResolvedRefs(String tunnel, String reason, String message) {
        soon().untilAsserted(() -> assertThat(condition(tunnel, ConditionTypes.RESOLVED_REFS))
                .hasValueSatisfying(c -> {
                    assertThat(c.getReason()).isEqualTo(reason);
                    assertThat(c.getMessage()).contains(message);
                }));
    }

    private static Secret tls(String certificates, String key) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("cluster-tls")
                .withNamespace("default")
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(Map.of("tls.crt", base64(certificates), "tls.key", base64(key)))
                .build();
    }

    @Test
    @Order(7)
    void nothingIsWrittenWhenNothingChanges() {
        soon().until(() -> condition("branch", ConditionTypes.READY)
                .map(Condition::getStatus)
                .equals(Optional.of("True")));
        String tunnel = tunnelNow("branch").getMetadata().getResourceVersion();
        String endpoint = endpoint("branch").get().getMetadata().getResourceVersion();
        String workload = deployment().getMetadata().getResourceVersion();
        String secret = agentSecret().getMetadata().getResourceVersion();
        // Wakes both reconcilers up without changing anything that they write.
        client.resources(IPSecGateway.class)
                .inNamespace(SYSTEM)
                .withName("default")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"labels\": {\"touched\": \"yes\"}}}");
        client.resources(IPSecTunnel.class)
                .inNamespace("default")
                .withName("other")
                .delete();
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(6)).untilAsserted(() -> {
            assertThat(tunnelNow("branch").getMetadata().getResourceVersion()).isEqualTo(tunnel);
            assertThat(endpoint("branch").get().getMetadata().getResourceVersion())
                    .isEqualTo(endpoint);
            assertThat(deployment().getMetadata().getResourceVersion()).isEqualTo(workload);
            assertThat(agentSecret().getMetadata().getResourceVersion()).isEqualTo(secret);
        });
    }

    @Test
    @Order(8)
    void aGatewayWithTunnelsStays() {
        client.resources(IPSecGateway.class)
                .inNamespace(SYSTEM)
                .withName("default")
                .delete();
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).untilAsserted(() -> {
            assertThat(gateway()).isNotNull();
            assertThat(deployment()).isNotNull();
        });
    }

    @Test
    @Order(9)
    void aDeletedTunnelSaysGoodbyeAndLeavesNothing() {
        client.resource(tunnel("branch", "10.50.0.0/16")).delete();
        soon().until(() -> endpoint("branch").get() != null
                && endpoint("branch").get().getSpec().suspend());
        assertThat(tunnelNow("branch")).isNotNull();
        report("branch", false, null);
        soon().untilAsserted(() -> {
            assertThat(tunnelNow("branch")).isNull();
            assertThat(endpoint("branch").get()).isNull();
        });
        soon().untilAsserted(() ->
                assertThat(gateway()).as("waited for its last tunnel only").isNull());
        assertThat(deployment()).isNull();
        assertThat(routes()).isNull();
        assertThat(agentSecret()).isNull();
    }

    private void report(String tunnel, boolean up, @Nullable LastError error) {
        report(tunnel, up, error, null);
    }

    private void report(
            String tunnel, boolean up, @Nullable LastError error, @Nullable ConfigurationChange lastChange) {
        endpoint(tunnel).editStatus(endpoint -> {
            endpoint.setStatus(new IPSecEndpointStatus(
                    endpoint.getMetadata().getGeneration(),
                    List.of(),
                    "192.0.2.1:4500",
                    "198.51.100.1:4500",
                    null,
                    up
                            ? new IkeSaStatus(IkeSaState.ESTABLISHED, null, "aes256gcm16-prfsha384-x25519", null, null)
                            : null,
                    up
                            ? List.of(new ChildSaStatus(
                                    "net", ChildSaState.INSTALLED, "c0000001", "c0000002", "aes256gcm16", null, null))
                            : List.of(),
                    error,
                    lastChange,
                    Instant.now().toString()));
            return endpoint;
        });
    }

    private static IPSecTunnel tunnel(String name, String remoteNetwork) {
        return yaml(IPSecTunnel.class, """
                apiVersion: culvert.dev/v1alpha1
                kind: IPSecTunnel
                metadata: {name: %s, namespace: default}
                spec:
                  gatewayRef: {name: default}
                  local: {identity: {type: FQDN, value: cluster.example}}
                  remote: {addresses: [198.51.100.1], identity: {type: FQDN, value: branch.example}}
                  authentication:
                    method: PreSharedKey
                    preSharedKey: {secretRef: {name: branch-psk, key: psk}}
                  children:
                  - name: net
                    localTrafficSelectors: [10.244.0.0/16]
                    remoteTrafficSelectors: [%s]
                """.formatted(name, remoteNetwork));
    }

    private static <T> T yaml(Class<T> type, String text) {
        return Serialization.unmarshal(text, type);
    }

    private static void node(String name, String address) {
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        client.nodes()
                .withName(name)
                .editStatus(node -> new NodeBuilder(node)
                        .withNewStatus()
                        .addNewAddress(address, "InternalIP")
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("test")
                        .withMessage("test")
                        .endCondition()
                        .endStatus()
                        .build());
        client.nodes()
                .withName(name)
                .edit(node -> new NodeBuilder(node)
                        .editOrNewSpec()
                        .withTaints(List.of())
                        .endSpec()
                        .build());
    }

    private static KubernetesClient connect() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(
                        KubeApiServer.shared().kubeconfig().toFile()))
                .build();
    }

    private static IPSecGateway gateway() {
        return client.resources(IPSecGateway.class)
                .inNamespace(SYSTEM)
                .withName("default")
                .get();
    }

    private static Deployment deployment() {
        return client.apps()
                .deployments()
                .inNamespace(DATA_PLANE)
                .withName(AGENT)
                .get();
    }

    private static DaemonSet routes() {
        return client.apps()
                .daemonSets()
                .inNamespace(DATA_PLANE)
                .withName("culvert-routes-default")
                .get();
    }

    private static Secret agentSecret() {
        return client.secrets().inNamespace(DATA_PLANE).withName(AGENT).get();
    }

    private static Resource<IPSecEndpoint> endpoint(String tunnel) {
        return client.resources(IPSecEndpoint.class)
                .inNamespace(DATA_PLANE)
                .withName(EndpointNames.endpoint("default", tunnel, "node1"));
    }

    private static IPSecTunnel tunnelNow(String name) {
        return client.resources(IPSecTunnel.class)
                .inNamespace("default")
                .withName(name)
                .get();
    }

    private static Optional<Condition> condition(String tunnel, String type) {
        IPSecTunnel now = tunnelNow(tunnel);
        return now == null || now.getStatus() == null
                ? Optional.empty()
                : Conditions.find(now.getStatus().conditions(), type);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100));
    }
}
