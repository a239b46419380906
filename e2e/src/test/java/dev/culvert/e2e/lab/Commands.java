package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs the programs of the machine. */
public final class Commands {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How a program ended: 124 for one that took too long and was killed. */
    public record Result(int status, String out, String err) {
        public boolean succeeded() {
            return status == 0;
        }

        public String all() {
            return out + err;
        }
    }

    private Commands() {}

    /** What the program printed; fails with all it printed when it does not exit with 0. */
    public static String run(List<String> command) {
        Result result = attempt(PATIENCE, command);
        if (!result.succeeded()) {
            throw new LabException(
                    String.join(" ", command) + " exited with " + result.status() + ":\n" + result.all());
        }
        return result.out();
    }

    public static String run(String... command) {
        return run(List.of(command));
    }

    public static Result attempt(String... command) {
        return attempt(PATIENCE, List.of(command));
    }

    public static Result attempt(Duration patience, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
                CompletableFuture<String> out =
                        CompletableFuture.supplyAsync(() -> text(process.getInputStream()), readers);
                CompletableFuture<String> err =
                        CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), readers);
                boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                return new Result(ended ? process.exitValue() : 124, out.join(), err.join());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + command);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
