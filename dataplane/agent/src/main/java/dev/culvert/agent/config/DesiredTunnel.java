package dev.culvert.agent.config;

import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import java.util.Optional;

/**
 * A tunnel as it should be on this node.
 *
 * @param document the tunnel as the user wrote it; empty in a cluster, where the agent sees only what was compiled
 * @param spec compiled for this node
 * @param generation of the object that {@code spec} came from, reported back as observed
 * @param credentials while one is missing, the traffic is blocked and nothing is negotiated
 */
public record DesiredTunnel(
        Optional<IPSecTunnel> document, IPSecEndpointSpec spec, long generation, Credentials credentials) {
    /** {@code namespace/name} of the tunnel; its name wherever the agent speaks of it. */
    public String name() {
        return spec.tunnelRef().toString();
    }

    /** Whether SAs are wanted now. */
    public boolean negotiates() {
        return !spec.suspend() && credentials.missing(spec.authentication()).isEmpty();
    }

    /** Whether the same SAs are wanted. */
    public boolean sameAs(DesiredTunnel other) {
        return spec.equals(other.spec) && generation == other.generation && credentials.sameAs(other.credentials);
    }
}
