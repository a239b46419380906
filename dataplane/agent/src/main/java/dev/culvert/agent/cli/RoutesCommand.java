package dev.culvert.agent.cli;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.cluster.RoutesAgent;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code culvert-agent routes}: what runs on the nodes that are not the gateway's. */
@Command(
        name = "routes",
        description = {
            "Routes remote networks to the gateway's node, as a ConfigMap in POD_NAMESPACE says. Needs NET_ADMIN.",
            "Runs in a gateway's pods on the other nodes; holds no keys."
        },
        mixinStandardHelpOptions = true)
final class RoutesCommand implements Callable<Integer> {
    @Option(names = "--cluster", required = true, description = "take the routes from the Kubernetes API")
    @SuppressWarnings("UnusedVariable") // there is no other source; said for clearness
    private boolean cluster;

    @Option(
            names = "--config-map",
            paramLabel = "NAME",
            required = true,
            description = "the ConfigMap that holds the routes")
    private String configMap = "";

    @Mixin
    private HttpOption http = new HttpOption();

    @Mixin
    private LogOptions logs = new LogOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws StartupException, InterruptedException {
        logs.apply();
        return RoutesAgent.run(
                configMap, http.address(), System.getenv(), spec.commandLine().getOut());
    }
}
