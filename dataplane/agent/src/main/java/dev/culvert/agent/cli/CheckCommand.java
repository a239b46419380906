package dev.culvert.agent.cli;

import dev.culvert.api.v1alpha1.file.Explanation;
import dev.culvert.api.v1alpha1.file.ManifestReader;
import dev.culvert.api.v1alpha1.file.Manifests;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert-agent check}: says everything that is wrong with a configuration, without running it. */
@Command(
        name = "check",
        description = {
            "Checks a configuration: exit code 0, or 2 and one line for each problem:",
            "FILE:LINE: FIELD: what is wrong; what is allowed"
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE_OR_DIR", required = true, description = "the documents, as for run")
    private Path config = Path.of(".");

    @Option(names = "--explain", description = "also say what every tunnel works with, and where each value comes from")
    private boolean explain;

    @Mixin
    private LogOptions logs = new LogOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        logs.apply();
        PrintWriter out = spec.commandLine().getOut();
        Manifests manifests;
        try {
            manifests = ManifestReader.read(config);
        } catch (NoSuchFileException e) {
            out.println(
                    config + ":1: : does not exist; allowed: a file, or a directory of .yaml, .yml and .json files");
            return CulvertAgentCommand.EXIT_UNUSABLE;
        } catch (IOException e) {
            out.println(config + ":1: : cannot be read: " + e.getMessage());
            return CulvertAgentCommand.EXIT_UNUSABLE;
        }
        manifests.problems().forEach(out::println);
        if (explain && manifests.isUsable()) {
            manifests.explanations().forEach(tunnel -> print(tunnel, out));
        }
        out.flush();
        return manifests.isUsable() ? 0 : CulvertAgentCommand.EXIT_UNUSABLE;
    }

    private static void print(Explanation tunnel, PrintWriter out) {
        out.println(tunnel.tunnel());
        tunnel.lines()
                .forEach(line -> out.println("  " + line.field() + ": " + line.value() + " (" + line.origin() + ")"));
    }
}
