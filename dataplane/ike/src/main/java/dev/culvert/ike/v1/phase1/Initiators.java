package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.PhaseOne;

/** Who begins, by the mode that the tunnel has. */
public final class Initiators {
    private Initiators() {}

    public static PhaseOne of(IsakmpSa sa, TunnelConfig config) {
        if (config.ikeProposals().isEmpty()) {
            throw new IllegalArgumentException(sa + " has no proposals");
        }
        throw new UnsupportedOperationException(sa + " of " + config.name());
    }
}
