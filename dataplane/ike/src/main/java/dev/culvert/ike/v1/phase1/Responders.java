package dev.culvert.ike.v1.phase1;

import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.sa.SaHost;
import dev.culvert.ike.v1.IkeV1;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.V1Tunnel;
import dev.culvert.ike.v1.message.V1Message;
import java.util.List;
import java.util.Optional;

/** Who answers a first message, if anybody does. */
public final class Responders {
    public Responders(SaHost host, IkeV1 world, List<V1Tunnel> candidates) {}

    public Optional<IsakmpSa> answer(V1Message message, IkeDatagram datagram, long nowNanos) {
        return Optional.empty();
    }
}
