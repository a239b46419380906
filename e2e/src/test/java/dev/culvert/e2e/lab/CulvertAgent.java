package dev.culvert.e2e.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The stand-alone agent, as Maven packaged it, in a network namespace with its own socket, configuration and log. */
public final class CulvertAgent implements AutoCloseable {
    /** A machine that is busy takes ten times as long as one that is not. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final String JAVA_OPTIONS = "CULVERT_JAVA_OPTS";

    /** Half of the processor time of a start is the optimising compiler's, for code that runs a few times in a test. */
    private static final String START_FAST = "-XX:TieredStopAtLevel=1";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Netns netns;
    private final Path directory;
    private final Map<String, String> environment;
    private Background process;

    private CulvertAgent(Netns netns, Path directory, Map<String, String> environment) {
        this.netns = netns;
        this.directory = directory;
        this.environment = environment;
        process = launch(netns, directory, environment);
    }

    /**
     * Starts the agent with a configuration; its files are in {@code directory}. Returns when it says it is ready. It does
     * not optimise its code: see {@link #startToMeasure}.
     */
    public static CulvertAgent start(Netns netns, Path directory, TunnelFile... tunnel) {
        return start(netns, directory, Map.of(JAVA_OPTIONS, START_FAST), tunnel);
    }

    /** The same with the options that it has in earnest, for tests that carry much. */
    public static CulvertAgent startToMeasure(Netns netns, Path directory, TunnelFile... tunnel) {
        return start(netns, directory, Map.of(), tunnel);
    }

    /** Starts an agent that lets itself be looked into ({@link #liveHeapBytes}), as it does not otherwise. */
    public static CulvertAgent startInspectable(Netns netns, Path directory, TunnelFile... tunnel) {
        return start(netns, directory, Map.of(JAVA_OPTIONS, "-XX:-DisableAttachMechanism"), tunnel);
    }

    /** Starts an agent that writes the keys of its SAs into a directory, as Wireshark reads them. */
    public static CulvertAgent startLoggingKeys(Netns netns, Path directory, Path keys, TunnelFile... tunnel) {
        return start(netns, directory, Map.of("CULVERT_KEY_LOG", keys.toString(), JAVA_OPTIONS, START_FAST), tunnel);
    }

    private static CulvertAgent start(
            Netns netns, Path directory, Map<String, String> environment, TunnelFile... tunnel) {
        try {
            Files.createDirectories(directory.resolve("config"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(directory, text(tunnel));
        return new CulvertAgent(netns, directory, environment);
    }

    private static Background launch(Netns netns, Path directory, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("CULVERT_JAVA_HOME", System.getProperty("java.home"));
        Background started = netns.start(
                directory.resolve("agent.log"),
                environment,
                program().toString(),
                "run",
                "--config",
                directory.resolve("config").toString(),
                "--socket",
                socket(directory).toString());
        int before = started.log().length();
        try {
            started.awaitReady(START, () -> started.log().substring(before).contains("ready"));
        } catch (LabException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** The program as design.md names it. */
    public static Path program() {
        Path path = Repository.root().resolve("dataplane/agent/target/culvert-agent/bin/culvert-agent");
        if (!Files.isExecutable(path)) {
            throw new LabException(path + " is not there: run mvn package");
        }
        return path;
    }

    /** Replaces the configuration of the running agent, by no tunnel at all when none is given. */
    public void apply(TunnelFile... tunnel) {
        write(directory, text(tunnel));
    }

    private static String text(TunnelFile... tunnels) {
        StringBuilder text = new StringBuilder();
        for (TunnelFile tunnel : tunnels) {
            text.append(tunnel.text()).append("---\n");
        }
        return text.toString();
    }

    private static void write(Path directory, String text) {
        try {
            Path fresh = Files.writeString(directory.resolve("fresh"), text);
            Files.move(fresh, directory.resolve("config/tunnels.yaml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code culvert-agent COMMAND…} as a person would type it, against this agent. */
    public Commands.Result command(String... arguments) {
        String[] whole = new String[arguments.length + 3];
        whole[0] = program().toString();
        System.arraycopy(arguments, 0, whole, 1, arguments.length);
        whole[arguments.length + 1] = "--socket";
        whole[arguments.length + 2] = socket(directory).toString();
        return netns.attempt(Duration.ofSeconds(30), whole);
    }

    /** The status of the only tunnel, asked over the control socket, which is faster than the command. */
    public JsonNode status() {
        return tunnels().path(0).path("status");
    }

    /** Every tunnel, with spec and status. */
    public JsonNode tunnels() {
        try {
            return ask("{\"command\":\"STATUS\"}").path("result").path("items");
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** The security association database, as {@code status --sadb -o json} prints it. */
    public JsonNode securityAssociations() {
        try {
            return ask("{\"command\":\"SADB\"}").path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the child new keys and returns when it has them. */
    public void rekeyChild() {
        expect("{\"command\":\"REKEY\",\"tunnel\":\"" + TunnelFile.NAME + "\",\"child\":\"net\"}");
    }

    /** Gives the IKE SA new keys and returns when it has them. */
    public void rekeyIke() {
        expect("{\"command\":\"REKEY\",\"tunnel\":\"" + TunnelFile.NAME + "\"}");
    }

    /** Has both ends authenticate anew and returns when the new IKE SA has the children. */
    public void reauthenticate() {
        expect("{\"command\":\"REAUTHENTICATE\",\"tunnel\":\"" + TunnelFile.NAME + "\"}");
    }

    private void expect(String request) {
        try {
            JsonNode answer = ask(request);
            if (answer.has("error")) {
                throw new LabException(request + " was answered " + answer + "; the log:\n" + log());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode ask(String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket(directory)))) {
            ByteBuffer request = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return JSON.readTree(Channels.newReader(channel, StandardCharsets.UTF_8));
        }
    }

    /** The counters and gauges whose name begins so, with their labels, as {@code /metrics} has them. */
    public Map<String, Double> metrics(String prefix) {
        Map<String, Double> values = new TreeMap<>();
        for (String line :
                netns.run("curl", "-sSf", "http://127.0.0.1:9180/metrics").split("\n", -1)) {
            if (line.startsWith(prefix)) {
                int blank = line.lastIndexOf(' ');
                values.put(line.substring(0, blank), Double.parseDouble(line.substring(blank + 1)));
            }
        }
        return values;
    }

    /** How many SAs there are: established IKE SAs, and pairs of ESP SAs. */
    public String saCount() {
        Map<String, Double> ike = metrics("culvert_ike_sas");
        Map<String, Double> child = metrics("culvert_child_sas");
        return ike.getOrDefault("culvert_ike_sas", 0.0).intValue() + " IKE, "
                + child.getOrDefault("culvert_child_sas", 0.0).intValue() + " child";
    }

    /** What the agent dropped or could not send, by direction and reason; nothing if all counters are zero. */
    public Map<String, Double> drops() {
        Map<String, Double> drops = metrics("culvert_packets_dropped_total");
        drops.putAll(metrics("culvert_send_failures_total"));
        drops.values().removeIf(count -> count == 0);
        return drops;
    }

    /** The condition of the tunnel, as {@code True/Ready} or {@code False/NoProposalChosen}; empty without it. */
    public String condition(String type) {
        return condition(status(), type);
    }

    /** Whether the IKE SA and every child SA are established. */
    public boolean isUp() {
        return condition("Established").startsWith("True/");
    }

    /** Waits for a condition's status and reason; fails with the whole status and the log. */
    public void awaitCondition(String type, String value, Duration patience) {
        await(
                "the condition " + type + " being " + value,
                patience,
                status -> condition(status, type).startsWith(value));
    }

    public void awaitUp() {
        awaitCondition("Established", "True/", Duration.ofSeconds(15));
    }

    /** Waits until the agent knows no tunnel any more. */
    public void awaitGone() {
        await("having no tunnel", Duration.ofSeconds(10), status -> status.isMissingNode() && process.isAlive());
    }

    private void await(String what, Duration patience, Predicate<JsonNode> reached) {
        long deadline = System.nanoTime() + patience.toNanos();
        JsonNode status = status();
        while (!reached.test(status)) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new LabException("The agent is far from " + what + " after " + patience + ":\n"
                        + status.toPrettyString() + "\nits log:\n" + log());
            }
            Background.pause(Duration.ofMillis(20));
            status = status();
        }
    }

    /** How many tunnels are established. */
    public long upCount() {
        return countOf("Established");
    }

    /** How many tunnels have a condition that is true. */
    public long countOf(String type) {
        long count = 0;
        for (JsonNode tunnel : tunnels()) {
            if (condition(tunnel.path("status"), type).startsWith("True/")) {
                count++;
            }
        }
        return count;
    }

    private static String condition(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText() + "/"
                        + condition.path("reason").asText();
            }
        }
        return "";
    }

    /** SIGKILL, as the kernel does when memory runs out. */
    public void kill() {
        process.kill();
    }

    /** Starts it again as it was started before, with the configuration it has. */
    public void restart() {
        process = launch(netns, directory, environment);
    }

    /** SIGTERM; its exit status, or a failure when it takes longer than the 5 s it promises. */
    public int terminate() {
        return process.terminate(Duration.ofSeconds(5));
    }

    public String log() {
        return process.log();
    }

    /** Keeps all its threads to one processor. */
    public void pin(int processor) {
        Commands.run("taskset", "-a", "-c", "-p", Integer.toString(processor), Long.toString(process.pid()));
    }

    /** The process, for those who look at it from outside. */
    public long pid() {
        return process.pid();
    }

    /** What is on the heap of an inspectable agent after a collection. */
    public long liveHeapBytes() {
        String total = Commands.run(
                        System.getProperty("java.home") + "/bin/jcmd",
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.strip().split("\\s+", -1)[2]);
    }

    private static Path socket(Path directory) {
        return directory.resolve("agent.sock");
    }

    @Override
    public void close() {
        process.close();
    }
}
