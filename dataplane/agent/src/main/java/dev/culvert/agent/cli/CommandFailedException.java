package dev.culvert.agent.cli;

/** A request to the running agent was refused or failed; the program prints the message and exits with 1. */
final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1;

    CommandFailedException(String message) {
        super(message);
    }
}
