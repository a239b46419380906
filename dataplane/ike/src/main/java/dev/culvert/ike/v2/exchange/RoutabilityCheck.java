package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether the peer is really where it told us to send its packets (RFC 4555 §3.7); they go there when it answers:
 *
 * <pre>
 * HDR, SK {N(COOKIE2)}  --&gt;
 *                  &lt;--  HDR, SK {N(COOKIE2)}
 * </pre>
 */
final class RoutabilityCheck implements Exchange {
    private @Nullable PeerPath asked;
    private @Nullable NotifyPayload cookie;

    @Override
    public ExchangeType type() {
        return ExchangeType.INFORMATIONAL;
    }

    @Override
    public boolean concernsChildren() {
        return false;
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        if (!sa.state().isUsable()) {
            return Optional.empty();
        }
        NotifyPayload fresh = Mobike.cookie(sa);
        asked = sa.path();
        cookie = fresh;
        return Optional.of(List.of(fresh));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        PeerPath path = asked;
        NotifyPayload sent = cookie;
        if (path == null || sent == null || !sa.state().isUsable()) {
            return;
        }
        if (!Mobike.returns(sent, response)) {
            String message = "the peer answered a return routability check without our COOKIE2";
            sa.close(CloseCause.failed(new Failure(FailureKind.PROTOCOL_ERROR, Optional.empty(), message)), nowNanos);
        } else if (path.equals(sa.path())) {
            sa.move(path);
        } else {
            sa.enqueueFirst(new RoutabilityCheck());
        }
    }
}
