package dev.culvert.io.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A program that is given its work on standard input or by arguments, and ends. Blocking. */
public final class HostProgram {
    private static final long LONGEST_RUN_SECONDS = 20;
    private static final int LONGEST_QUOTE = 2000;

    private final String name;

    /** @param name looked for in the PATH */
    public HostProgram(String name) {
        this.name = name;
    }

    /**
     * Runs it.
     *
     * @return what it wrote to standard output
     * @throws IOException with what it said, if it is not there, fails or does not end
     */
    public String run(List<String> arguments, String input) throws IOException {
        List<String> command = new ArrayList<>(List.of(name));
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
                        + (input.isEmpty() ? "" : " (of " + quoted(input) + ")"));
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

    private static String quoted(String input) {
        String line = input.strip().replace("\n", "; ");
        return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line;
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
