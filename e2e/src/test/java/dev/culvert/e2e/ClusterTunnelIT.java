package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.e2e.lab.Branch;
import dev.culvert.e2e.lab.Capture;
import dev.culvert.e2e.lab.Cluster;
import dev.culvert.e2e.lab.ClusterLab;
import dev.culvert.e2e.lab.LabException;
import dev.culvert.e2e.lab.SmallBranch;
import dev.culvert.e2e.lab.TunnelFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** From {@code kubectl apply} to packets between pods and a host behind a real strongSwan, and what may go wrong. */
@Tag("alone")
@ExtendWith(ClusterLab.Extension.class)
class ClusterTunnelIT {
    private static final String NAMESPACE = "branches";
    private static final String DATA_PLANE = "culvert-dataplane";
    private static final String TUNNEL = "ipsectunnel";
    private static final Duration UP = Duration.ofSeconds(60);
    private static final Duration SHOWN = Duration.ofSeconds(40);
    private static final Duration HEALED = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Branch branch;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    ClusterTunnelIT(ClusterLab lab) {
        cluster = lab.cluster();
        branch = lab.branch();
    }

    @BeforeEach
    void clients() {
        if (cluster.get(NAMESPACE, "namespace", NAMESPACE).isMissingNode()) {
            cluster.kubectl("create", "namespace", NAMESPACE);
            cluster.await(
                    "having an account", UP, NAMESPACE, "serviceaccount", "default", seen -> !seen.isMissingNode());
            for (String node : List.of("node1", "node2")) {
                cluster.kubectl(
                        "run",
                        "client-" + node,
                        "-n",
                        NAMESPACE,
                        "--image=lab.local/busybox:1",
                        "--overrides={\"spec\": {\"nodeName\": \"" + node + "\"}}",
                        "--command",
                        "--",
                        "sleep",
                        "1000000");
            }
            cluster.kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod", "--all", "--timeout=60s");
        }
    }

    @AfterEach
    void deleteTunnel() {
        cluster.kubectl(
                "delete", "-n", NAMESPACE, TUNNEL, "--all", "--timeout=60s", "--ignore-not-found", "--wait=true");
        cluster.kubectl("delete", "-n", NAMESPACE, "secret", "branch-psk", "--ignore-not-found");
        branch.strongSwan().forget();
    }

    @Test
    void pingsAndFilesPassFromEveryNodeAndOnlyIpsecIsOnTheWire() {
        try (Capture capture = Capture.start(branch.gateway(), "wan", directory)) {
            establish();
            String shown = cluster.kubectl("get", "ipst", "-n", NAMESPACE);
            assertThat(shown).containsPattern("NAME +READY +REASON").containsPattern("branch +True +");

            for (String node : List.of("node1", "node2")) {
                assertThat(ping(node)).as("ping from the pod on " + node).isTrue();
                assertThat(fileDigest(node)).as("100 MB to the pod on " + node).isEqualTo(branch.fileDigest());
            }
            String pod = cluster.get(NAMESPACE, "pod", "client-node2")
                    .path("status")
                    .path("podIP")
                    .asText();
            branch.host().run("ping", "-n", "-c", "2", "-i", "0.2", "-W", "2", pod);

            List<Capture.Packet> packets = capture.stop();
            assertThat(packets).hasSizeGreaterThan(100_000).allMatch(Capture.Packet::isIpsec);
        }
    }

    @Test
    void wrongPreSharedKeyHealsWhenTheSecretIsCorrected() {
        branch.strongSwan().load(branch.config());
        apply(branch.tunnel().psk("quite another key than the peer's"));
        awaitCondition("Established", "False/AuthenticationFailed", SHOWN);

        cluster.apply(NAMESPACE, branch.tunnel().secret());
        awaitCondition("Established", "True/", HEALED);
        awaitCondition("Ready", "True/", HEALED);
    }

    @Test
    void noCommonProposalShowsWhatWasOffered() {
        branch.strongSwan().load(branch.config().proposals("aes128-sha256-modp2048", "aes128-sha256"));
        apply(branch.tunnel().proposals("aes256gcm16-prfsha384-ecp384", "aes256gcm16"));
        JsonNode seen = awaitCondition("Established", "False/NoProposalChosen", SHOWN);
        assertThat(seen.path("status").path("lastError").path("message").asText())
                .contains("aes256gcm16-prfsha384-ecp384");

        apply(branch.tunnel().proposals("aes128-sha256-modp2048", "aes128-sha256"));
        awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void selectorsThatThePeerRefuses() {
        branch.strongSwan().load(branch.config());
        apply(branch.tunnel().selectors("10.244.0.0/16", "10.99.0.0/16"));
        awaitCondition("Established", "False/TSUnacceptable", SHOWN);

        apply(branch.tunnel());
        awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void silentPeer() {
        branch.strongSwan().load(branch.config());
        apply(branch.tunnel().remoteAddress(cluster.address(99)));
        awaitCondition("Established", "False/PeerUnreachable", Duration.ofSeconds(60));

        apply(branch.tunnel());
        awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void missingSecret() {
        branch.strongSwan().load(branch.config());
        cluster.apply(NAMESPACE, branch.tunnel().tunnel());
        awaitCondition("ResolvedRefs", "False/SecretNotFound", SHOWN);
        assertThat(Cluster.condition(cluster.get(NAMESPACE, TUNNEL, TunnelFile.NAME), "Ready"))
                .startsWith("False/");

        cluster.apply(NAMESPACE, branch.tunnel().secret());
        awaitCondition("ResolvedRefs", "True/", HEALED);
        awaitCondition("Established", "True/", HEALED);
    }

    @Test
    void deletionTellsThePeerAndLeavesNothing() {
        noRouteToTheBranchIsLeft();
        establish();
        assertThat(cluster.node("node1").ip("route show")).contains("10.50.0.0/16");
        assertThat(cluster.node("node2").ip("route show")).contains("10.50.0.0/16");

        cluster.kubectl("delete", "-n", NAMESPACE, TUNNEL, TunnelFile.NAME, "--timeout=30s");
        Awaitility.await("the peer's SAs to be deleted")
                .atMost(Duration.ofSeconds(5))
                .until(() -> branch.strongSwan().sas().isEmpty());
        assertThat(branch.strongSwan().log()).contains("received DELETE for IKE_SA");
        assertThat(cluster.kubectl("get", "ipsecendpoints", "-A", "--no-headers"))
                .isEmpty();
        noRouteToTheBranchIsLeft();
        Awaitility.await("the key to be gone").atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            for (JsonNode secret :
                    cluster.list(DATA_PLANE, "secret", "app.kubernetes.io/managed-by=culvert-operator")) {
                assertThat(secret.path("data")).isEmpty();
            }
        });
    }

    /** Agent and route pods take their routes down soon after the tunnel, an earlier test's too. */
    private void noRouteToTheBranchIsLeft() {
        Awaitility.await("the routes to be gone").atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(cluster.node("node1").ip("route show")).doesNotContain("10.50.");
            assertThat(cluster.node("node2").ip("route show")).doesNotContain("10.50.");
        });
    }

    @Test
    void line60_killedDataPlaneComesBackAndNothingLeaks() {
        String node = establish();
        // in the clear the branch can be reached from the nodes, so that a leak would be on the wire
        try (Capture capture = Capture.start(cluster.network(), "lab0", directory);
                Capture atBranch = Capture.start(branch.gateway(), "wan", directory)) {
            cluster.killAgent(node);
            long killed = System.nanoTime();
            Awaitility.await("traffic after the kill")
                    .atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> ping(node));
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(15));
            assertThat(ping("node1") && ping("node2")).isTrue();
            assertThat(atBranch.stop()).isNotEmpty().allMatch(Capture.Packet::isIpsec);
            assertThat(capture.stop()).noneMatch(packet -> packet.source().startsWith("10.50."));
        }
    }

    @Test
    void line61_trafficGoesOnWithoutOperatorAndApiServer() {
        String node = establish();
        cluster.kubectl("scale", "-n", cluster.operatorNamespace(), "deployment/culvert-operator", "--replicas=0");
        try {
            String other = node.equals("node1") ? "node2" : "node1";
            String pod = cluster.get(NAMESPACE, "pod", "client-" + other)
                    .path("status")
                    .path("podIP")
                    .asText();
            cluster.stop("apiserver");
            try {
                assertThat(cluster.attemptKubectl("get", "nodes").succeeded()).isFalse();
                for (int i = 0; i < 5; i++) {
                    branch.host().run("ping", "-n", "-c", "5", "-i", "0.2", "-W", "1", pod);
                }
            } finally {
                cluster.start("apiserver");
                Awaitility.await("the API server")
                        .atMost(Duration.ofSeconds(40))
                        .until(() -> cluster.attemptKubectl("get", "--raw", "/readyz")
                                .succeeded());
            }
            assertThat(ping(node)).isTrue();
        } finally {
            cluster.kubectl("scale", "-n", cluster.operatorNamespace(), "deployment/culvert-operator", "--replicas=1");
            cluster.kubectl(
                    "rollout",
                    "status",
                    "-n",
                    cluster.operatorNamespace(),
                    "deployment/culvert-operator",
                    "--timeout=90s");
        }
        awaitCondition("Ready", "True/", UP);
    }

    /** An old firewall and a new one, each with a tunnel of its version to the same gateway. */
    @Test
    void ikeV1AndIkeV2BesideEachOther() {
        try (SmallBranch small = new SmallBranch(cluster, directory)) {
            small.strongSwan().load(small.config().version(1).proposals("aes256-sha256-modp2048", "aes256-sha256"));
            cluster.apply(
                    NAMESPACE,
                    small.tunnel().version("IKEv1").preset("CiscoIOS").text());
            String node = establish();
            JsonNode old = cluster.await(
                    "Ready=True",
                    UP,
                    NAMESPACE,
                    TUNNEL,
                    SmallBranch.TUNNEL,
                    seen -> Cluster.condition(seen, "Ready").startsWith("True/"));
            assertThat(old.path("status").path("activeNode").asText()).isEqualTo(node);
            assertThat(small.strongSwan().sas()).contains("IKEv1").doesNotContain("IKEv2");
            assertThat(branch.strongSwan().sas()).contains("IKEv2").doesNotContain("IKEv1");
            for (String from : List.of("node1", "node2")) {
                assertThat(ping(from)).as("IKEv2's from " + from).isTrue();
                assertThat(ping(from, SmallBranch.HOST))
                        .as("IKEv1's from " + from)
                        .isTrue();
            }
            List<JsonNode> endpoints =
                    cluster.list(DATA_PLANE, "ipsecendpoint", "culvert.dev/tunnel=" + SmallBranch.TUNNEL);
            assertThat(endpoints).singleElement().satisfies(endpoint -> {
                JsonNode spec = endpoint.path("spec");
                assertThat(spec.path("ike").path("version").asText()).isEqualTo("IKEv1");
                assertThat(spec.path("children").path(0).path("rekeyTime").asText())
                        .as("the preset's")
                        .isEqualTo("54m");
            });

            cluster.kubectl("delete", "-n", NAMESPACE, TUNNEL, SmallBranch.TUNNEL, "--timeout=30s");
            cluster.kubectl("delete", "-n", NAMESPACE, "secret", SmallBranch.TUNNEL + "-psk");
            Awaitility.await("the old peer's SAs to be deleted")
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> small.strongSwan().sas().isEmpty());
            assertThat(ping(node)).as("the other tunnel's, still").isTrue();
        }
    }

    @Test
    void helmTestPasses() {
        assertThat(cluster.helm("test", "culvert", "-n", cluster.operatorNamespace()))
                .contains("Succeeded");
    }

    /** Brings the tunnel up; returns the node that carries it. */
    private String establish() {
        branch.strongSwan().load(branch.config());
        apply(branch.tunnel());
        return awaitCondition("Ready", "True/", UP)
                .path("status")
                .path("activeNode")
                .asText();
    }

    private void apply(TunnelFile tunnel) {
        cluster.apply(NAMESPACE, tunnel.text());
    }

    private JsonNode awaitCondition(String type, String value, Duration patience) {
        try {
            return cluster.await(
                    type + "=" + value,
                    patience,
                    NAMESPACE,
                    TUNNEL,
                    TunnelFile.NAME,
                    seen -> Cluster.condition(seen, type).startsWith(value));
        } catch (LabException e) {
            throw new LabException(e.getMessage() + "\nstrongSwan's log:\n"
                    + branch.strongSwan()
                            .log()
                            .lines()
                            .skip(Math.max(0, branch.strongSwan().log().lines().count() - 60))
                            .reduce("", (a, b) -> a + "\n" + b));
        }
    }

    private boolean ping(String node) {
        return ping(node, Branch.HOST);
    }

    private boolean ping(String node, String host) {
        return cluster.attemptKubectl(
                        "exec", "-n", NAMESPACE, "client-" + node, "--", "ping", "-c", "1", "-W", "1", host)
                .succeeded();
    }

    private String fileDigest(String node) {
        return cluster.kubectl(
                        "exec",
                        "-n",
                        NAMESPACE,
                        "client-" + node,
                        "--",
                        "sh",
                        "-c",
                        "wget -q -O - http://" + Branch.HOST + ":8080/file | sha256sum")
                .split(" ", -1)[0];
    }
}
