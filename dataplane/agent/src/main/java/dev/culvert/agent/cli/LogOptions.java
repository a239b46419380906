package dev.culvert.agent.cli;

import dev.culvert.agent.logging.LogFormat;
import dev.culvert.agent.logging.Logging;
import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** {@code --log-level} and {@code --log-format}. Logs go to standard error. */
final class LogOptions {
    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info, debug or trace (default: ${DEFAULT-VALUE})")
    private Level level = Level.INFO;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json, one line for each event (default: ${DEFAULT-VALUE})")
    private LogFormat format = LogFormat.TEXT;

    void apply() {
        Logging.configure(level, format);
    }
}
