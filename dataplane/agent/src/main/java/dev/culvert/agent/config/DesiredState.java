package dev.culvert.agent.config;

import java.util.List;

/**
 * All tunnels that this node should have, at one moment.
 *
 * @param tunnels each name once
 */
public record DesiredState(List<DesiredTunnel> tunnels) {
    public static final DesiredState EMPTY = new DesiredState(List.of());

    public DesiredState {
        tunnels = List.copyOf(tunnels);
    }

    /** Whether nothing has to change to get from one to the other. */
    public boolean sameAs(DesiredState other) {
        if (tunnels.size() != other.tunnels.size()) {
            return false;
        }
        for (int i = 0; i < tunnels.size(); i++) {
            DesiredTunnel mine = tunnels.get(i);
            DesiredTunnel its = other.tunnels.get(i);
            if (!mine.name().equals(its.name()) || !mine.sameAs(its)) {
                return false;
            }
        }
        return true;
    }
}
