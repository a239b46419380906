package dev.culvert.agent.cli;

import dev.culvert.agent.control.ControlRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert-agent reauth}. */
@Command(
        name = "reauth",
        description = "Has both ends authenticate anew, without a gap.",
        mixinStandardHelpOptions = true)
final class ReauthCommand implements Callable<Integer> {
    @Mixin
    private TunnelArguments arguments = new TunnelArguments();

    @Override
    public Integer call() throws CommandFailedException {
        return arguments.ask(ControlRequest.Command.REAUTHENTICATE);
    }
}
