package dev.culvert.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.culvert.agent.control.ControlClient;
import dev.culvert.agent.control.ControlRequest;
import dev.culvert.agent.control.ControlResponse;
import java.io.IOException;
import java.nio.file.Path;

/** Asks the agent behind a socket and turns every kind of failure into one line for a person. */
final class RunningAgent {
    private RunningAgent() {}

    /** The result; a null node if there is none. */
    static JsonNode ask(Path socket, ControlRequest request) throws CommandFailedException {
        ControlResponse response;
        try {
            response = ControlClient.ask(socket, request);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException("no agent answers on " + socket + " (" + e.getMessage()
                    + "): is it running, and with this --socket?");
        }
        if (response.error() != null) {
            throw new CommandFailedException(response.error());
        }
        return response.result() == null ? NullNode.getInstance() : response.result();
    }
}
