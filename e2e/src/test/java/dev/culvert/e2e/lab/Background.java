package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A program running beside the test, with both its outputs in one file. */
public final class Background implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final String name;

    private Background(Process process, Path log, String name) {
        this.process = process;
        this.log = log;
        this.name = name;
    }

    public static Background start(Path log, Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Background(builder.start(), log, String.join(" ", command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for what shows that the program is ready; fails with its log when it ends before, or takes too long. */
    public void awaitReady(Duration patience, BooleanSupplier ready) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new LabException(name
                        + (process.isAlive() ? " is not ready after " + patience : " ended")
                        + ", its log:\n"
                        + log());
            }
            pause(Duration.ofMillis(20));
        }
    }

    /** SIGTERM; the exit status, or a failure when it does not end in time. */
    public int terminate(Duration patience) {
        process.destroy();
        return awaitEnd(patience);
    }

    /** SIGINT, at which tcpdump writes what it has. */
    public int interrupt(Duration patience) {
        Commands.attempt("kill", "-INT", Long.toString(process.pid()));
        return awaitEnd(patience);
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(5));
    }

    /** Waits until it ends by itself; the exit status, or a failure when it does not end in time. */
    public int awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException(name + " does not end within " + patience);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for the end of " + name);
        }
    }

    /** Ends it, whatever that takes. */
    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        try {
            terminate(Duration.ofSeconds(6));
        } catch (LabException e) {
            kill();
        }
    }

    /** A short wait between two looks at something outside this JVM that cannot announce itself. */
    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted");
        }
    }
}
