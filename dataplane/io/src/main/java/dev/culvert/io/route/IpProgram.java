package dev.culvert.io.route;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** iproute2's {@code ip}. Blocking. */
final class IpProgram {
    private static final long LONGEST_RUN_SECONDS = 20;

    /**
     * Carries out commands as one {@code ip -batch}, in order up to the first that fails.
     *
     * @throws IOException with what {@code ip} said
     */
    void batch(List<String> commands) throws IOException {
        if (!commands.isEmpty()) {
            run(List.of("-batch", "-"), String.join("\n", commands) + "\n");
        }
    }

    /** Runs a command and returns its standard output. */
    String query(String... arguments) throws IOException {
        return run(List.of(arguments), "");
    }

    private static String run(List<String> arguments, String input) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(input);
        } catch (IOException e) {
            // It ended before it read everything; its exit status and words say why.
        }
        try {
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end in " + LONGEST_RUN_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": "
                        + errors.join().strip()
                        + (input.isEmpty() ? "" : " (of " + input.strip().replace("\n", "; ") + ")"));
            }
            return output.join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + String.join(" ", command) + " ran", e);
        } catch (CompletionException e) {
            throw new IOException("reading from " + String.join(" ", command), e);
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
