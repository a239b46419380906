package dev.culvert.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import java.util.function.Function;
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

    @Option(
            names = "--spd",
            description = "shows the security policies instead, in their order, and how many packets were refused that"
                    + " came in the clear")
    private boolean spd;

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
            show(ControlRequest.Command.SADB, SaTable::render);
            return 0;
        }
        if (spd) {
            show(ControlRequest.Command.SPD, PolicyTable::render);
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

    private void show(ControlRequest.Command command, Function<JsonNode, String> table) throws CommandFailedException {
        JsonNode document = RunningAgent.ask(socket.path(), new ControlRequest(command, null, null));
        spec.commandLine()
                .getOut()
                .print(
                        switch (format) {
                            case TABLE -> table.apply(document);
                            case JSON -> StatusDocument.json(document);
                            case YAML -> StatusDocument.yaml(document);
                        });
        spec.commandLine().getOut().flush();
    }
}
