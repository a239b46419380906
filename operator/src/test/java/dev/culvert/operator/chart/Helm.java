package dev.culvert.operator.chart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The helm program and this repository's chart. */
final class Helm {
    /** Helm takes it for the cluster's version where it meets none. */
    private static final String KUBE_VERSION = "--kube-version=1.34.4";

    private Helm() {}

    record Result(int status, String output) {}

    static boolean isAvailable() {
        return program().isPresent();
    }

    static Path chart() {
        return Path.of("..", "charts", "culvert").toAbsolutePath().normalize();
    }

    static Result template(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(
                List.of("template", "culvert", chart().toString(), "--namespace=culvert-system", KUBE_VERSION));
        all.addAll(List.of(arguments));
        return run(all);
    }

    static Result lint() throws IOException, InterruptedException {
        return run(List.of("lint", "--strict", KUBE_VERSION, chart().toString()));
    }

    private static Result run(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program().orElseThrow().toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** In {@code CULVERT_KUBE_BIN}, in the project's cache or on the path. */
    private static Optional<Path> program() {
        String home = Objects.requireNonNullElse(System.getenv("HOME"), "/root");
        String cache = Objects.requireNonNullElse(System.getenv("CULVERT_CACHE"), home + "/.cache/culvert");
        Stream<Path> path = Stream.of(
                        Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1))
                .map(Path::of);
        return Stream.concat(
                        Stream.concat(
                                Stream.ofNullable(System.getenv("CULVERT_KUBE_BIN"))
                                        .map(Path::of),
                                Stream.of(Path.of(cache, "bin"))),
                        path)
                .map(folder -> folder.resolve("helm"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
