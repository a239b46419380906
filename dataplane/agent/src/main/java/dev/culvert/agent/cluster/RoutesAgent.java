package dev.culvert.agent.cluster;

import dev.culvert.agent.StartupException;
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
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                stopped.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        RoutesAgent agent = new RoutesAgent(Routes.ofHost());
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("routes").daemon(true).factory());
        try (HealthAndMetricsServer server = HealthAndMetricsServer.start(
                        http, new HealthAndMetricsServer.Probes(() -> Verdict.OK, agent::readiness, () -> ""));
                KubernetesClient client = new KubernetesClientBuilder().build()) {
            SharedIndexInformer<ConfigMap> informer = client.configMaps()
                    .inNamespace(namespace)
                    .withName(configMap)
                    .runnableInformer(0)
                    .exceptionHandler((started, failure) -> {
                        log.warn("watching {}: {}; the routes stay as they are", configMap, failure.getMessage());
                        return true;
                    });
            informer.addEventHandler(new Changed<>(() -> thread.execute(() -> agent.take(informer))));
            informer.start().thenRun(() -> thread.execute(() -> agent.take(informer)));
            var _ = thread.scheduleWithFixedDelay(agent::apply, REPAIR_SECONDS, REPAIR_SECONDS, TimeUnit.SECONDS);
            out.println("culvert-agent routes: watching ConfigMap " + namespace + "/" + configMap + ", http "
                    + server.address().getHostString() + ":" + server.address().getPort());
            out.flush();
            stop.await();
            agent.leave(thread);
            return 0;
        } finally {
            thread.shutdownNow();
            stopped.countDown();
        }
    }

    /** Takes up the ConfigMap as the cache has it. One that is gone, or cannot be read, changes nothing. */
    private void take(SharedIndexInformer<ConfigMap> informer) {
        informer.getStore().list().stream().findFirst().ifPresent(map -> take(map.getData()));
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

    /** The pod may only be restarting: the routes go on working without it and stay. */
    private void leave(ScheduledExecutorService thread) throws InterruptedException {
        try {
            thread.submit(() -> log.info("stopping; the routes stay")).get(RESTORE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("stopping: {}", e.getMessage());
        }
    }
}
