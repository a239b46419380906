package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert-agent terminate}. */
@Command(
        name = "terminate",
        description = "Deletes the SAs of a tunnel, or of one child; its traffic stays blocked until initiate.",
        mixinStandardHelpOptions = true)
final class TerminateCommand implements Callable<Integer> {
    @Mixin
    private TunnelArguments arguments = new TunnelArguments();

    @Override
    public Integer call() throws CommandFailedException {
        return arguments.ask(ControlRequest.Command.TERMINATE);
    }
}
