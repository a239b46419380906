package dev.culvert.agent.cluster;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.StopSignal;
import dev.culvert.agent.host.HostNetwork;
import dev.culvert.agent.http.HealthAndMetricsServer;
import dev.culvert.agent.http.HealthAndMetricsServer.Verdict;
import dev.culvert.api.v1alpha1.RouteTable;
import dev.culvert.io.route.Route;
import dev.culvert.io.route.Routes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routes of a node that is not the gateway's: each remote network by way of the gateway's node, over a blackhole
 * that stays when this process dies. While the API server is away, the routes stay as they are.
 */
public final class RoutesAgent {
    private static final Logger log = LoggerFactory.getLogger(RoutesAgent.class);
    private static final long REPAIR_SECONDS = 10;
    private static final long RESTORE_MILLIS = 3000;

    private final Routes routes;
    private volatile @Nullable RouteTable table;
    private volatile String problem = "waiting for the Kubernetes API";

    RoutesAgent(Routes routes) {
        this.routes = routes;
    }

    /** Runs until the process is told to stop. Returns the exit code. */
    public static int run(String configMap, InetSocketAddress http, Map<String, String> environment, PrintWriter out)
            throws StartupException, InterruptedException {
        String namespace = ClusterSource.required(environment, "POD_NAMESPACE");
        RoutesAgent agent = new RoutesAgent(Routes.ofHost(protocol(configMap)));
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("routes").daemon(true).factory());
        try (StopSignal stop = StopSignal.install();
                HealthAndMetricsServer server = HealthAndMetricsServer.start(
                        http, new HealthAndMetricsServer.Probes(() -> Verdict.OK, agent::readiness, () -> ""));
                KubernetesClient client = ClusterClient.create()) {
            BooleanSupplier isGone = () -> client.configMaps()
                            .inNamespace(namespace)
                            .withName(configMap)
                            .get()
                    == null;
            SharedIndexInformer<ConfigMap> informer = client.configMaps()
                    .inNamespace(namespace)
                    .withName(configMap)
                    .runnableInformer(0)
                    .exceptionHandler((started, failure) -> {
                        log.warn("watching {}: {}; the routes stay as they are", configMap, failure.getMessage());
                        return true;
                    });
            informer.addEventHandler(new Changed<>(() -> thread.execute(() -> agent.take(informer, isGone))));
            var _ = informer.start().thenRun(() -> thread.execute(() -> agent.take(informer, isGone)));
            var _ = thread.scheduleWithFixedDelay(agent::apply, REPAIR_SECONDS, REPAIR_SECONDS, TimeUnit.SECONDS);
            out.println("culvert-agent routes: watching ConfigMap " + namespace + "/" + configMap + ", http "
                    + server.address().getHostString() + ":" + server.address().getPort());
            out.flush();
            stop.await();
            agent.leave(thread, isGone);
            return 0;
        } finally {
            thread.shutdownNow();
        }
    }

    /**
     * Routing protocol of a gateway's routes: another one than the agent's, and mostly another one for each gateway, so that
     * pods on the same node leave each other's routes alone.
     */
    static int protocol(String configMap) {
        return Routes.PROTOCOL + 1 + Math.floorMod(configMap.hashCode(), 255 - Routes.PROTOCOL);
    }

    /** Takes up the ConfigMap as the cache has it; when it is not there any more, asks whether that is really so. */
    private void take(SharedIndexInformer<ConfigMap> informer, BooleanSupplier isGone) {
        Optional<ConfigMap> map = informer.getStore().list().stream().findFirst();
        if (map.isPresent()) {
            take(map.get().getData());
        } else if (table != null) {
            removeIfGone(isGone);
        }
    }

    /** The gateway was deleted: its networks are nobody's any more. Where that is not sure, the routes stay. */
    private void removeIfGone(BooleanSupplier isGone) {
        try {
            if (isGone.getAsBoolean()) {
                table = null;
                routes.removeAll();
                problem = "the ConfigMap is gone";
                log.info("the gateway is gone; its routes are removed");
            }
        } catch (IOException | KubernetesClientException e) {
            log.warn("the routes stay: {}", e.getMessage());
        }
    }

    void take(@Nullable Map<String, String> data) {
        String json = data == null ? null : data.get(RouteTable.KEY);
        if (json == null) {
            problem = "the ConfigMap has no " + RouteTable.KEY;
            return;
        }
        try {
            table = RouteTable.parse(json);
            apply();
        } catch (IllegalArgumentException e) {
            problem = e.getMessage() == null ? "unreadable" : e.getMessage();
            log.error("the routes stay as they are: {}", problem);
        }
    }

    void apply() {
        RouteTable wanted = table;
        if (wanted == null) {
            return;
        }
        try {
            routes.apply(plan(wanted, HostNetwork.addresses()));
            if (!problem.isEmpty()) {
                log.info("{} remote networks are routed", wanted.routes().size());
            }
            problem = "";
        } catch (IOException | IllegalArgumentException e) {
            problem = "cannot set up the routes: " + e.getMessage();
            log.error(problem);
        }
    }

    /** Routes whose next hop is this host itself are the agent's, not ours. */
    static List<Route> plan(RouteTable table, Set<IpAddress> hostAddresses) {
        List<Route> plan = new ArrayList<>();
        for (RouteTable.Route route : table.routes()) {
            IpPrefix to = IpPrefix.parse(route.to());
            IpAddress via = IpAddress.parse(route.via());
            if (!hostAddresses.contains(via)) {
                plan.add(new Route.Blackhole(to));
                plan.add(new Route.ViaNextHop(to, via));
            }
        }
        return plan;
    }

    private Verdict readiness() {
        return problem.isEmpty() ? Verdict.OK : new Verdict(false, problem);
    }

    /** The pod may only be restarting: the routes go on working without it and stay, unless the gateway is gone. */
    private void leave(ScheduledExecutorService thread, BooleanSupplier isGone) throws InterruptedException {
        try {
            thread.submit(() -> removeIfGone(isGone)).get(RESTORE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("stopping: {}", e.getMessage());
        }
    }
}
