package dev.culvert.e2e.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The two-node cluster of {@code script/cluster} under a name of its own, with the images loaded and the chart
 * installed. It stays up for the next run; {@code script/test} takes it down.
 */
public final class Cluster {
    private static final String NAME = "culvert-test";
    private static final String NETWORK = "10.202.0";
    private static final String OPERATOR_NAMESPACE = "culvert-system";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Cluster() {}

    /** Starts the cluster where it is not up, builds and loads the images, installs or upgrades the chart. */
    public static Cluster start() {
        Cluster cluster = new Cluster();
        cluster.script(Duration.ofMinutes(20), "cluster", "up");
        cluster.script(Duration.ofMinutes(10), "images");
        cluster.helm(
                "upgrade",
                "--install",
                "culvert",
                Repository.root().resolve("charts/culvert").toString(),
                "--namespace",
                OPERATOR_NAMESPACE,
                "--create-namespace",
                "--wait",
                "--timeout",
                "3m");
        return cluster;
    }

    public String operatorNamespace() {
        return OPERATOR_NAMESPACE;
    }

    /** The namespace in which the cluster's bridge {@code lab0} is. */
    public Netns network() {
        return Netns.existing(NAME);
    }

    public Netns node(String node) {
        return Netns.existing(NAME + "-" + node);
    }

    /** An address of the cluster's network, by its last number; from 50 on they are free. */
    public String address(int last) {
        return NETWORK + "." + last;
    }

    /** Kills a part of the control plane, such as {@code apiserver}, or starts it again. */
    public void stop(String part) {
        script(Duration.ofSeconds(20), "cluster", "stop", part);
    }

    public void start(String part) {
        script(Duration.ofSeconds(20), "cluster", "start", part);
    }

    /** SIGKILL to the process of the agent's container on a node, as the kernel does when memory runs out. */
    public void killAgent(String node) {
        JsonNode pod = list("culvert-dataplane", "pod", "app.kubernetes.io/name=culvert-agent,culvert.dev/node=" + node)
                .getFirst();
        String container = pod.path("status")
                .path("containerStatuses")
                .path(0)
                .path("containerID")
                .asText()
                .replaceFirst("^containerd://", "");
        Commands.run(
                "ctr",
                "-a",
                "/var/lib/culvert-lab/" + NAME + "/" + node + "/containerd.sock",
                "-n",
                "k8s.io",
                "tasks",
                "kill",
                "-s",
                "SIGKILL",
                container);
    }

    public String kubectl(String... arguments) {
        return expect(attemptKubectl(arguments));
    }

    public Commands.Result attemptKubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("cluster", "kubectl"));
        command.addAll(List.of(arguments));
        return attempt(Duration.ofMinutes(4), command);
    }

    public String helm(String... arguments) {
        List<String> command = new ArrayList<>(List.of("cluster", "helm"));
        command.addAll(List.of(arguments));
        return expect(attempt(Duration.ofMinutes(5), command));
    }

    /** {@code kubectl apply} of documents. */
    public void apply(String namespace, String yaml) {
        try {
            Path file = Files.createTempFile("apply", ".yaml");
            Files.writeString(file, yaml);
            kubectl("apply", "-n", namespace, "-f", file.toString());
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The object as JSON, or a missing node. */
    public JsonNode get(String namespace, String kind, String name) {
        Commands.Result result = attemptKubectl("get", "-n", namespace, kind, name, "-o", "json");
        return result.succeeded() ? parse(result.out()) : MissingNode.getInstance();
    }

    public List<JsonNode> list(String namespace, String kind, String selector) {
        JsonNode list = parse(kubectl("get", "-n", namespace, kind, "-l", selector, "-o", "json"));
        List<JsonNode> items = new ArrayList<>();
        list.path("items").forEach(items::add);
        return items;
    }

    /** Waits until an object is as wanted; fails with the object and the operator's log. */
    public JsonNode await(
            String what, Duration patience, String namespace, String kind, String name, Predicate<JsonNode> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        JsonNode seen = get(namespace, kind, name);
        while (!wanted.test(seen)) {
            if (System.nanoTime() - deadline > 0) {
                throw new LabException(kind + " " + name + " is far from " + what + " after " + patience + ":\n"
                        + seen.path("status").toPrettyString() + "\n" + diagnosis());
            }
            Background.pause(Duration.ofMillis(100));
            seen = get(namespace, kind, name);
        }
        return seen;
    }

    /** Pods, events and logs, for a failure's message. */
    public String diagnosis() {
        return attemptKubectl("get", "pods", "-A", "-o", "wide").all()
                + attemptKubectl("get", "ipst,ipse", "-A").all()
                + attemptKubectl("logs", "-n", OPERATOR_NAMESPACE, "deployment/culvert-operator", "--tail=60")
                        .all()
                + attemptKubectl(
                                "logs",
                                "-n",
                                "culvert-dataplane",
                                "--prefix",
                                "--tail=40",
                                "--selector=app.kubernetes.io/managed-by=culvert-operator")
                        .all();
    }

    /** A condition as {@code True/Ready}; empty without it. */
    public static String condition(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText() + "/"
                        + condition.path("reason").asText();
            }
        }
        return "";
    }

    private void script(Duration patience, String... command) {
        expect(attempt(patience, List.of(command)));
    }

    private static Commands.Result attempt(Duration patience, List<String> command) {
        List<String> whole = new ArrayList<>(List.of(
                "env",
                "CULVERT_CLUSTER=" + NAME,
                "CULVERT_CLUSTER_NET=" + NETWORK,
                "CULVERT_PROVIDER=local",
                Repository.root().resolve("script/" + command.getFirst()).toString()));
        whole.addAll(command.subList(1, command.size()));
        return Commands.attempt(patience, whole);
    }

    private static String expect(Commands.Result result) {
        if (!result.succeeded()) {
            throw new LabException(result.all());
        }
        return result.out();
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new LabException("not JSON: " + json);
        }
    }
}
