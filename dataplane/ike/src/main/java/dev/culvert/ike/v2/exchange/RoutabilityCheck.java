package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.List;

/**
 * Asks whether the peer is really where it told us to send its packets (RFC 4555 §3.7); they go there when it answers:
 *
 * <pre>
 * HDR, SK {N(COOKIE2)}  --&gt;
 *                  &lt;--  HDR, SK {N(COOKIE2)}
 * </pre>
 */
final class RoutabilityCheck extends PathExchange {
    @Override
    String name() {
        return "a return routability check";
    }

    @Override
    List<Payload> introduction(IkeSa sa) {
        return List.of();
    }

    @Override
    PathExchange again() {
        return new RoutabilityCheck();
    }

    @Override
    void answered(IkeSa sa, PeerPath path, IkeMessage response, long nowNanos) {
        sa.move(path);
    }
}
