package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert-agent rekey}. */
@Command(
        name = "rekey",
        description = "Gives the IKE SA of a tunnel, or the SA of one child, new keys without a gap.",
        mixinStandardHelpOptions = true)
final class RekeyCommand implements Callable<Integer> {
    @Mixin
    private TunnelArguments arguments = new TunnelArguments();

    @Override
    public Integer call() throws CommandFailedException {
        return arguments.ask(ControlRequest.Command.REKEY);
    }
}
