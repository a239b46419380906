package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert-agent initiate}. */
@Command(
        name = "initiate",
        description = "Sets up a tunnel, or one child of it, and waits until it carries traffic.",
        mixinStandardHelpOptions = true)
final class InitiateCommand implements Callable<Integer> {
    @Mixin
    private TunnelArguments arguments = new TunnelArguments();

    @Override
    public Integer call() throws CommandFailedException {
        return arguments.ask(ControlRequest.Command.INITIATE);
    }
}
