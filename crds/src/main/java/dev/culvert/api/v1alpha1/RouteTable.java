package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * Which remote networks the nodes reach by way of which gateway node: what the operator puts into the ConfigMap
 * {@code culvert-routes-<gateway>} under {@link #KEY} and the route-only pods carry out.
 */
public record RouteTable(List<Route> routes) {
    /** The ConfigMap's data key. */
    public static final String KEY = "routes.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One remote network.
     *
     * @param to CIDR of the remote network
     * @param via address of the gateway's node, of the same family
     */
    public record Route(String to, String via) {}

    public RouteTable {
        routes = List.copyOf(routes);
    }

    /** The ConfigMap's value, in the order of the list. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(routes);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a list of strings can be written", e);
        }
    }

    /**
     * Reads the ConfigMap's value.
     *
     * @throws IllegalArgumentException if it is not a list of routes
     */
    public static RouteTable parse(String json) {
        try {
            return new RouteTable(JSON.readValue(json, new TypeReference<List<Route>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    KEY + " is not a list of {\"to\":…,\"via\":…}: " + e.getOriginalMessage(), e);
        }
    }
}
