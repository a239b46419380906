package dev.culvert.agent.cluster;

import dev.culvert.agent.status.StatusBook;
import dev.culvert.api.v1alpha1.IPSecEndpoint;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.compile.EndpointNames;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes endpoint status to the API server: once for each transition, and a heartbeat for endpoints that have nothing new
 * to say. What could not be written is written when the API server is back, and then only the newest.
 */
final class StatusReporter {
    private static final Logger log = LoggerFactory.getLogger(StatusReporter.class);
    private static final String FIELD_MANAGER = "culvert-agent";

    /** A third of what counts as stale ({@code EndpointReport.STALE_AFTER}). */
    static final long HEARTBEAT_SECONDS = 20;

    private static final long RETRY_SECONDS = 2;

    /** Transitions within this time become one patch. */
    private static final long GATHER_MILLIS = 50;

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(FIELD_MANAGER)
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final String namespace;
    private final String nodeName;
    private final ScheduledExecutorService thread;
    private final Map<String, StatusBook> dirty = new HashMap<>();
    private final Map<String, Instant> written = new HashMap<>();
    private @Nullable StatusBook book;
    private boolean planned;

    StatusReporter(KubernetesClient client, String namespace, String nodeName, ScheduledExecutorService thread) {
        this.client = client;
        this.namespace = namespace;
        this.nodeName = nodeName;
        this.thread = thread;
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::heartbeat, HEARTBEAT_SECONDS, 1, TimeUnit.SECONDS);
    }

    /** Any thread. */
    synchronized void changed(String tunnel, StatusBook newest) {
        book = newest;
        dirty.put(tunnel, newest);
        plan(GATHER_MILLIS);
    }

    /** Writes what is left, waiting at most so long. */
    void flush(long timeout, TimeUnit unit) {
        try {
            thread.submit(this::writeDue).get(timeout, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            log.debug("the last status was not written: {}", e.getMessage());
        }
    }

    private synchronized void plan(long millis) {
        if (!planned && !thread.isShutdown()) {
            planned = true;
            var _ = thread.schedule(this::writeDue, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void writeDue() {
        Set<Map.Entry<String, StatusBook>> due;
        synchronized (this) {
            planned = false;
            due = new LinkedHashSet<>(Map.copyOf(dirty).entrySet());
            dirty.clear();
        }
        for (Map.Entry<String, StatusBook> entry : due) {
            if (!write(entry.getKey(), entry.getValue())) {
                synchronized (this) {
                    dirty.putIfAbsent(entry.getKey(), entry.getValue());
                    plan(RETRY_SECONDS * 1000);
                }
            }
        }
    }

    /** Says "alive" for every endpoint that nothing was written about for a while. */
    private void heartbeat() {
        try {
            sayAlive();
        } catch (RuntimeException e) {
            log.warn("heartbeat: {}", e.getMessage()); // one that throws would be the last
        }
    }

    private void sayAlive() {
        StatusBook newest;
        synchronized (this) {
            newest = book;
        }
        if (newest == null) {
            return;
        }
        Instant due = Instant.now().minusSeconds(HEARTBEAT_SECONDS);
        for (String tunnel : newest.all().keySet()) {
            if (written.getOrDefault(tunnel, Instant.MIN).isBefore(due)) {
                write(tunnel, newest);
            }
        }
    }

    /** Whether nothing is left to do about it. */
    private boolean write(String tunnel, StatusBook from) {
        Optional<StatusBook.Snapshot> snapshot = from.find(tunnel);
        if (snapshot.isEmpty()) {
            written.remove(tunnel);
            return true;
        }
        var reference = snapshot.get().desired().spec().tunnelRef();
        String name = EndpointNames.endpoint(reference.namespace(), reference.name(), nodeName);
        Instant now = Instant.now();
        IPSecEndpoint endpoint = new IPSecEndpoint();
        endpoint.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
        endpoint.setStatus(withHeartbeat(snapshot.get().status(), now));
        try {
            client.resource(endpoint).subresource("status").patch(APPLY);
            written.put(tunnel, now);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                return true;
            }
            log.warn("cannot write the status of {}: {}; trying again", name, e.getMessage());
            return false;
        }
    }

    private static IPSecEndpointStatus withHeartbeat(IPSecEndpointStatus status, Instant now) {
        return new IPSecEndpointStatus(
                status.observedGeneration(),
                status.conditions(),
                status.localEndpoint(),
                status.remoteEndpoint(),
                status.natDetected(),
                status.ikeSA(),
                status.childSAs(),
                status.lastError(),
                status.lastChange(),
                now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
