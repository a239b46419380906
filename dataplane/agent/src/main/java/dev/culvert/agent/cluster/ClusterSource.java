package dev.culvert.agent.cluster;

import dev.culvert.agent.StartupException;
import dev.culvert.agent.TunnelSource;
import dev.culvert.agent.config.Credentials;
import dev.culvert.agent.config.DesiredState;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.agent.status.StatusBook;
import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.Labels;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import dev.culvert.crypto.SecretBytes;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tunnels from the IPSecEndpoints of this node in the agent's own namespace, with keys from the node's own Secret. While
 * the API server is away, what was last known stays. Nothing is acted on before both were seen once, so that an agent that
 * starts anew does not take an empty cache for an order to remove everything.
 */
public final class ClusterSource implements TunnelSource {
    private static final Logger log = LoggerFactory.getLogger(ClusterSource.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String nodeName;
    private final String secretName;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("cluster").daemon(true).factory());
    private final StatusReporter reporter;

    private @Nullable SharedIndexInformer<IPSecEndpoint> endpoints;
    private @Nullable SharedIndexInformer<Secret> secrets;
    private final VanishedEndpoints vanished = new VanishedEndpoints();
    private boolean readPlanned;
    private volatile boolean synced;
    private DesiredState current = DesiredState.EMPTY;

    /**
     * @param secretName the Secret with the keys of this node's tunnels
     */
    public ClusterSource(KubernetesClient client, String namespace, String nodeName, String secretName) {
        this.client = client;
        this.namespace = namespace;
        this.nodeName = nodeName;
        this.secretName = secretName;
        this.reporter = new StatusReporter(client, namespace, nodeName, thread);
    }

    /**
     * Takes NODE_NAME, POD_NAMESPACE and SECRET_NAME from the pod's environment and the API server from its service
     * account.
     *
     * @throws StartupException if one is missing
     */
    public static ClusterSource fromEnvironment(Map<String, String> environment) throws StartupException {
        return new ClusterSource(
                ClusterClient.create(),
                required(environment, "POD_NAMESPACE"),
                required(environment, "NODE_NAME"),
                required(environment, "SECRET_NAME"));
    }

    @Override
    public void start(Consumer<DesiredState> onChange) {
        endpoints = client.resources(IPSecEndpoint.class)
                .inNamespace(namespace)
                .withLabel(Labels.NODE, EndpointNames.nodeLabel(nodeName))
                .runnableInformer(0)
                .addEventHandler(new Changed<>(() -> plan(onChange), this::deleted))
                .exceptionHandler((started, failure) -> retry("IPSecEndpoints", failure));
        secrets = client.secrets()
                .inNamespace(namespace)
                .withName(secretName)
                .runnableInformer(0)
                .addEventHandler(new Changed<>(() -> plan(onChange)))
                .exceptionHandler((started, failure) -> retry("the node's Secret", failure));
        var _ = endpoints.start().thenRun(() -> plan(onChange));
        var _ = secrets.start().thenRun(() -> plan(onChange));
        reporter.start();
    }

    @Override
    public void statusChanged(String tunnel, StatusBook book) {
        reporter.changed(tunnel, book);
    }

    /** The endpoints still exist when the pod stops: their traffic must stay blocked. */
    @Override
    public boolean restoresHost() {
        return false;
    }

    @Override
    public String problem() {
        return synced ? "" : "waiting for the Kubernetes API";
    }

    @Override
    public void close() {
        reporter.flush(700, TimeUnit.MILLISECONDS);
        thread.shutdownNow();
        client.close();
    }

    private static boolean retry(String what, Throwable failure) {
        log.warn("watching {}: {}; what is known stays in force", what, failure.getMessage());
        return true;
    }

    private void deleted(IPSecEndpoint endpoint) {
        if (endpoint.getSpec() != null && !thread.isShutdown()) {
            thread.execute(() -> vanished.deleted(endpoint.getSpec().tunnelRef().toString()));
        }
    }

    /** Reads the caches a moment later, once for all events that came together. */
    private synchronized void plan(Consumer<DesiredState> onChange) {
        if (!readPlanned && !thread.isShutdown()) {
            readPlanned = true;
            var _ = thread.schedule(() -> read(onChange), 20, TimeUnit.MILLISECONDS);
        }
    }

    private void read(Consumer<DesiredState> onChange) {
        synchronized (this) {
            readPlanned = false;
        }
        SharedIndexInformer<IPSecEndpoint> known = endpoints;
        SharedIndexInformer<Secret> keys = secrets;
        if (known == null || keys == null || !known.hasSynced() || !keys.hasSynced()) {
            return;
        }
        try {
            Map<String, String> data = keys.getStore().list().stream()
                    .map(Secret::getData)
                    .filter(d -> d != null)
                    .findFirst()
                    .orElse(Map.of());
            List<DesiredTunnel> tunnels = known.getStore().list().stream()
                    .filter(endpoint -> endpoint.getSpec() != null)
                    .sorted(Comparator.comparing(
                            endpoint -> endpoint.getMetadata().getName()))
                    .map(endpoint -> desired(endpoint, data))
                    .toList();
            VanishedEndpoints.Result kept = vanished.keep(current.tunnels(), tunnels, Instant.now());
            if (kept.newlyVanished()) {
                var _ = thread.schedule(
                        () -> read(onChange), VanishedEndpoints.KEPT_FOR.toSeconds() + 1, TimeUnit.SECONDS);
            }
            DesiredState read = new DesiredState(kept.tunnels());
            boolean first = !synced;
            synced = true;
            if (first || !read.sameAs(current)) {
                current = read;
                onChange.accept(read);
            }
        } catch (RuntimeException e) {
            log.error("the endpoints cannot be taken up", e);
        }
    }

    /** An endpoint on its way out is suspended: the peer gets its DELETE, the traffic stays blocked until it is gone. */
    private static DesiredTunnel desired(IPSecEndpoint endpoint, Map<String, String> secret) {
        boolean leaving = endpoint.getMetadata().getDeletionTimestamp() != null;
        Long generation = endpoint.getMetadata().getGeneration();
        return new DesiredTunnel(
                Optional.empty(),
                leaving ? endpoint.getSpec().withSuspend(true) : endpoint.getSpec(),
                generation == null ? 0 : generation,
                Credentials.of(endpoint.getSpec().authentication(), key -> entry(key, secret)));
    }

    private static Optional<SecretBytes> entry(String key, Map<String, String> secret) {
        String encoded = secret.get(key);
        if (encoded == null) {
            return Optional.empty();
        }
        try {
            byte[] value = Base64.getDecoder().decode(encoded);
            return value.length == 0 ? Optional.empty() : Optional.of(SecretBytes.wrap(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static String required(Map<String, String> environment, String name) throws StartupException {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new StartupException(name + " is not set: --cluster is for the operator's pods, which set it");
        }
        return value;
    }
}
