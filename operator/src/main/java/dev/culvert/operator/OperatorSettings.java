package dev.culvert.operator;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator is told by its environment; the chart sets all of it.
 *
 * @param namespace the operator's own, where gateways and the leader's Lease are ({@code POD_NAMESPACE})
 * @param dataPlaneNamespace where agents, endpoints and the nodes' Secrets are ({@code DATA_PLANE_NAMESPACE})
 * @param agentImage ({@code AGENT_IMAGE})
 * @param imagePullPolicy of the agents ({@code AGENT_IMAGE_PULL_POLICY})
 * @param watchNamespaces where tunnels are looked for; empty: everywhere ({@code WATCH_NAMESPACES}, by comma)
 * @param clusterNetworks networks by name which no tunnel may claim as remote, besides those that the nodes tell ({@code
 *     CLUSTER_CIDRS}, by comma; the API server's address, which the kubelet sets, comes by itself)
 * @param leaderElection whether several operators may run ({@code LEADER_ELECTION}, {@code true} by default)
 * @param httpPort of health and metrics ({@code HTTP_PORT}, 8080 by default)
 */
public record OperatorSettings(
        String namespace,
        String dataPlaneNamespace,
        String agentImage,
        String imagePullPolicy,
        Set<String> watchNamespaces,
        Map<String, IpPrefix> clusterNetworks,
        boolean leaderElection,
        int httpPort) {

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong
     */
    public static OperatorSettings from(Map<String, String> environment) {
        return new OperatorSettings(
                required(environment, "POD_NAMESPACE"),
                required(environment, "DATA_PLANE_NAMESPACE"),
                required(environment, "AGENT_IMAGE"),
                environment.getOrDefault("AGENT_IMAGE_PULL_POLICY", "IfNotPresent"),
                set(environment.get("WATCH_NAMESPACES")),
                networks(set(environment.get("CLUSTER_CIDRS")), environment.get("KUBERNETES_SERVICE_HOST")),
                Boolean.parseBoolean(environment.getOrDefault("LEADER_ELECTION", "true")),
                port(environment.getOrDefault("HTTP_PORT", "8080")));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the environment variable " + name + " is not set");
        }
        return value;
    }

    private static Set<String> set(@Nullable String text) {
        return text == null
                ? Set.of()
                : Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static Map<String, IpPrefix> networks(Set<String> cidrs, @Nullable String apiServer) {
        Map<String, IpPrefix> networks = new TreeMap<>();
        try {
            cidrs.forEach(cidr -> networks.put("cluster network " + cidr, IpPrefix.parse(cidr)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("CLUSTER_CIDRS: " + e.getMessage(), e);
        }
        address(apiServer).ifPresent(own -> networks.put("the API server's service", IpPrefix.host(own)));
        return Map.copyOf(networks);
    }

    /** Some providers put a name there, which names no network. */
    private static Optional<IpAddress> address(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(IpAddress::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("HTTP_PORT is '" + text + "'; allowed is 1 to 65535");
    }
}
