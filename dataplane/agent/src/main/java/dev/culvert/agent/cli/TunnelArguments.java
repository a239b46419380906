package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the commands on one tunnel have in common: socket, tunnel and child. */
final class TunnelArguments {
    @Mixin
    private SocketOption socket = new SocketOption();

    @Parameters(index = "0", paramLabel = "NAME", description = "the tunnel, as NAME or NAMESPACE/NAME")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "CHILD", description = "one child of it (default: all)")
    private @Nullable String child;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** Sends the command and prints what the agent says. */
    int ask(ControlRequest.Command command) throws CommandFailedException {
        String answer = RunningAgent.ask(socket.path(), new ControlRequest(command, name, child))
                .asText();
        spec.commandLine().getOut().println(answer);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
