package dev.culvert.agent;

import dev.culvert.agent.cli.CulvertAgentCommand;

/** Starts the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(CulvertAgentCommand.execute(arguments));
    }
}
