package dev.culvert.agent.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** The client of a pod: gives up soon on an API server that is away, and notices soon that it is back. */
final class ClusterClient {
    private static final int REQUEST_MILLIS = 5000;

    /** The first wait before a watch is set up again; it doubles up to 32 times as much. */
    private static final int RECONNECT_MILLIS = 250;

    private ClusterClient() {}

    static KubernetesClient create() {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(REQUEST_MILLIS)
                // Who asks tries again by itself, with what is newest then.
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(RECONNECT_MILLIS)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
