package dev.culvert.agent.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --socket}: where the running agent listens for commands. */
final class SocketOption {
    static final String DEFAULT = "/run/culvert/agent.sock";

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            defaultValue = DEFAULT,
            description = "control socket of the agent (default: ${DEFAULT-VALUE})")
    private Path path = Path.of(DEFAULT);

    Path path() {
        return path;
    }
}
