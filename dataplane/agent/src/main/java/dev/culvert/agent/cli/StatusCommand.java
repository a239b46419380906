package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code culvert-agent status}: what the running agent knows of its tunnels. */
@Command(
        name = "status",
        description = "Shows the tunnels of the running agent and how they are.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private SocketOption socket = new SocketOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "one tunnel, as NAME or NAMESPACE/NAME (default: all)")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or yaml; json is a List of IPSecTunnel as kubectl prints it (default: table)")
    private OutputFormat format = OutputFormat.TABLE;

    @Option(
            names = "--sadb",
            description = "shows the security associations instead, with sequence numbers, windows, lifetimes and"
                    + " counters")
    private boolean sadb;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    enum OutputFormat {
        TABLE,
        JSON,
        YAML
    }

    @Override
    public Integer call() throws CommandFailedException {
        if (sadb) {
            showAssociations();
            return 0;
        }
        var list = RunningAgent.ask(socket.path(), new ControlRequest(ControlRequest.Command.STATUS, name, null));
        spec.commandLine()
                .getOut()
                .print(
                        switch (format) {
                            case TABLE -> StatusTable.render(list, java.time.Instant.now());
                            case JSON -> StatusDocument.json(list);
                            case YAML -> StatusDocument.yaml(list);
                        });
        spec.commandLine().getOut().flush();
        return 0;
    }

    private void showAssociations() throws CommandFailedException {
        var document = RunningAgent.ask(socket.path(), new ControlRequest(ControlRequest.Command.SADB, null, null));
        spec.commandLine()
                .getOut()
                .print(
                        switch (format) {
                            case TABLE -> SaTable.render(document);
                            case JSON -> StatusDocument.json(document);
                            case YAML -> StatusDocument.yaml(document);
                        });
        spec.commandLine().getOut().flush();
    }
}
