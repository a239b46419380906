package dev.culvert.agent.cli;

import dev.culvert.agent.StartupException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code culvert-agent}: the top of the command line, which only names its commands. */
@Command(
        name = "culvert-agent",
        description = "IPsec tunnels from IPSecTunnel resources, in a Kubernetes pod or from a file.",
        mixinStandardHelpOptions = true,
        versionProvider = CulvertAgentCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            InitiateCommand.class,
            TerminateCommand.class,
            RekeyCommand.class,
            ReauthCommand.class,
            RoutesCommand.class,
            CommandLine.HelpCommand.class
        })
public final class CulvertAgentCommand implements Runnable {
    /** Exit code for a wrong command line, a wrong configuration, or a host on which the agent cannot start. */
    public static final int EXIT_UNUSABLE = 2;

    /** Exit code for a request that the running agent refused or that failed. */
    public static final int EXIT_FAILED = 1;

    @Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private CulvertAgentCommand() {}

    /** Runs one command line. Returns the exit code: 0, {@link #EXIT_FAILED} or {@link #EXIT_UNUSABLE}. */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return new CommandLine(new CulvertAgentCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, _) -> report(failure, commandLine));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? See culvert-agent --help");
    }

    private static int report(Exception failure, CommandLine commandLine) throws Exception {
        PrintWriter err = commandLine.getErr();
        return switch (failure) {
            case StartupException e -> {
                err.println("culvert-agent: " + e.getMessage());
                yield EXIT_UNUSABLE;
            }
            case CommandFailedException e -> {
                err.println("culvert-agent: " + e.getMessage());
                yield EXIT_FAILED;
            }
            default -> throw failure;
        };
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CulvertAgentCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "culvert-agent " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")"
            };
        }
    }
}
