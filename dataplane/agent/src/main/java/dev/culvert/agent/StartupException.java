package dev.culvert.agent;

/**
 * What keeps the agent from starting and a person can mend: a port in use, a missing capability, a configuration that is
 * wrong. The message is the whole of what is printed; the program exits with 2.
 */
public final class StartupException extends Exception {
    private static final long serialVersionUID = 1;

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
