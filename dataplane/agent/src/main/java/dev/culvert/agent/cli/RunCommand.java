package dev.culvert.agent.cli;

import dev.culvert.agent.Agent;
import dev.culvert.agent.AgentOptions;
import dev.culvert.agent.StartupException;
import dev.culvert.agent.cluster.ClusterSource;
import dev.culvert.agent.config.FileSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert-agent run}: the agent itself, until SIGTERM or SIGINT. */
@Command(
        name = "run",
        description = "Runs the agent: negotiates the tunnels and carries their traffic. Needs NET_ADMIN.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final String STATE_DIRECTORY = "/var/lib/culvert";

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Mixin
    private SocketOption socket = new SocketOption();

    @Mixin
    private HttpOption http = new HttpOption();

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = STATE_DIRECTORY,
            description = "where a secret is kept by which peers learn at once of a crash (default: ${DEFAULT-VALUE})")
    private Path stateDirectory = Path.of(STATE_DIRECTORY);

    @Option(
            names = "--key-log",
            paramLabel = "DIR",
            defaultValue = "${env:CULVERT_KEY_LOG}",
            description =
                    "writes the keys of all SAs to DIR as Wireshark's tables ikev2_decryption_table and esp_sa, mode 0600: only to find a fault, since whoever reads them reads the traffic. Also from the environment variable CULVERT_KEY_LOG")
    private @Nullable Path keyLog;

    @Option(
            names = "--log-cleartext",
            defaultValue = "${env:CULVERT_LOG_CLEARTEXT:-false}",
            description =
                    "logs packets that came in the clear although a tunnel protects them: by tunnel here, and each, a few a second, in the kernel's log. Also by the environment variable CULVERT_LOG_CLEARTEXT=true")
    private boolean logCleartext;

    @Mixin
    private LogOptions logs = new LogOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Where the tunnels come from: one of the two. */
    static final class Source {
        @Option(
                names = "--config",
                paramLabel = "FILE_OR_DIR",
                description =
                        "IPSecTunnel, IPSecGateway and Secret documents as YAML; a changed file is applied at once")
        private @Nullable Path config;

        @Option(
                names = "--cluster",
                description =
                        "the IPSecEndpoints of this node, from the Kubernetes API; needs NODE_NAME and POD_NAMESPACE")
        @SuppressWarnings("UnusedVariable") // true where config is not set
        private boolean cluster;
    }

    @Override
    public Integer call() throws StartupException, InterruptedException {
        logs.apply();
        AgentOptions options = new AgentOptions(
                socket.path(), http.address(), stateDirectory, logCleartext, Optional.ofNullable(keyLog));
        PrintWriter out = spec.commandLine().getOut();
        return source.config != null
                ? Agent.run(options, FileSource.open(source.config), out)
                : Agent.run(options, ClusterSource.fromEnvironment(System.getenv()), out);
    }
}
