package dev.culvert.operator;

import dev.culvert.operator.chart.ChartCommand;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's process. Configured by its environment, see {@link OperatorSettings}. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int EXIT_MISCONFIGURED = 2;

    private Main() {}

    /**
     * Runs until it is told to stop; with an argument, does that one thing for the chart and exits.
     *
     * @throws IOException if the health port cannot be opened
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> environment = System.getenv();
        if (arguments.length > 0) {
            System.exit(runOnce(arguments, environment));
            return;
        }
        OperatorSettings settings;
        try {
            settings = OperatorSettings.from(environment);
        } catch (IllegalArgumentException e) {
            System.err.println("culvert-operator: " + e.getMessage());
            System.exit(EXIT_MISCONFIGURED);
            return;
        }
        String instance =
                environment.getOrDefault("POD_NAME", environment.getOrDefault("HOSTNAME", "culvert-operator"));
        KubernetesClient client = new KubernetesClientBuilder().build();
        CulvertOperator operator = new CulvertOperator(settings, client, Clock.systemUTC(), instance);
        HealthServer health = new HealthServer(settings.httpPort(), operator::isHealthy);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            operator.close();
            health.close();
            client.close();
        }));
        LOG.info(
                "started; tunnels in {}, data plane in namespace {}",
                settings.watchNamespaces().isEmpty() ? "all namespaces" : settings.watchNamespaces(),
                settings.dataPlaneNamespace());
        operator.start();
    }

    private static int runOnce(String[] arguments, Map<String, String> environment) throws InterruptedException {
        Optional<ChartCommand> command = arguments.length == 1 ? ChartCommand.of(arguments[0]) : Optional.empty();
        if (command.isEmpty()) {
            System.err.println("culvert-operator: '" + String.join(" ", arguments)
                    + "' is not known; allowed: nothing, to run, or one of " + ChartCommand.allowed());
            return EXIT_MISCONFIGURED;
        }
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            return command.get().execute(client, environment);
        }
    }
}
