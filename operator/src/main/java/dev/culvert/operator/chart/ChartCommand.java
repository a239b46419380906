package dev.culvert.operator.chart;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One of the things that the operator's program does instead of running, by its first argument. */
public enum ChartCommand {
    /** Makes or changes the chart's gateway ({@link GatewayFromChart}). */
    APPLY_GATEWAY("apply-gateway") {
        @Override
        String run(KubernetesClient client, Map<String, String> environment) throws FailedException {
            return GatewayFromChart.from(environment).apply(client);
        }
    },
    /** Takes the gateways down before the operator goes ({@link Uninstall}). */
    UNINSTALL("uninstall") {
        @Override
        String run(KubernetesClient client, Map<String, String> environment) throws FailedException {
            return new Uninstall(client, required(environment, "POD_NAMESPACE")).run();
        }
    },
    /** Tries whether an installation works ({@link SelfTest}). */
    SELF_TEST("self-test") {
        @Override
        String run(KubernetesClient client, Map<String, String> environment) throws FailedException {
            return SelfTest.from(client, environment).run();
        }
    };

    private final String argument;

    ChartCommand(String argument) {
        this.argument = argument;
    }

    /** What cannot be done, told to the person who runs Helm. */
    static final class FailedException extends Exception {
        FailedException(String message) {
            super(message);
        }
    }

    /** The command of an argument. */
    public static Optional<ChartCommand> of(String argument) {
        return Arrays.stream(values())
                .filter(command -> command.argument.equals(argument))
                .findFirst();
    }

    /** The arguments there are. */
    public static String allowed() {
        return Arrays.stream(values()).map(command -> command.argument).collect(Collectors.joining(", "));
    }

    abstract String run(KubernetesClient client, Map<String, String> environment)
            throws FailedException, IOException, InterruptedException;

    /** Does it and says how it went; returns the exit status. */
    public int execute(KubernetesClient client, Map<String, String> environment) throws InterruptedException {
        try {
            System.out.println(run(client, environment));
            return 0;
        } catch (FailedException | IOException | RuntimeException e) {
            System.err.println("culvert-operator " + argument + ": " + e.getMessage());
            return 1;
        }
    }

    static String required(Map<String, String> environment, String name) throws FailedException {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new FailedException("the environment variable " + name + " is not set");
        }
        return value;
    }
}
