package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The original initiator moves the IKE SA and its children to the addresses of this message (RFC 4555 §3.5):
 *
 * <pre>
 * HDR, SK {N(UPDATE_SA_ADDRESSES), N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), N(COOKIE2)}  --&gt;
 *                     &lt;--  HDR, SK {N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), N(COOKIE2)}
 * </pre>
 */
final class UpdateAddresses implements Exchange {
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
        List<Payload> payloads = new ArrayList<>();
        payloads.add(NotifyPayload.of(NotifyType.UPDATE_SA_ADDRESSES));
        payloads.addAll(Mobike.natDetection(sa, sa.path()));
        payloads.add(fresh);
        return Optional.of(payloads);
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        PeerPath path = asked;
        NotifyPayload sent = cookie;
        if (path == null || sent == null || !sa.state().isUsable()) {
            return;
        }
        if (!Mobike.returns(sent, response)) {
            String message = "the peer answered UPDATE_SA_ADDRESSES without our COOKIE2";
            sa.close(CloseCause.failed(new Failure(FailureKind.PROTOCOL_ERROR, Optional.empty(), message)), nowNanos);
            return;
        }
        if (!path.equals(sa.path())) {
            // The addresses changed again while the request was on its way.
            sa.enqueueFirst(new UpdateAddresses());
            return;
        }
        if (response.errorNotify().isPresent()) {
            // It does not accept the addresses, which are those we have: another IKE SA may fare better.
            sa.owner().reauthenticate(sa, nowNanos);
            return;
        }
        Mobike.isSeenElsewhere(sa, response);
        NatDetection nat = NatDetection.of(response, path.local(), path.remote());
        sa.move(nat.supported() ? path.withNat(nat.localBehindNat(), nat.remoteBehindNat()) : path);
    }
}
