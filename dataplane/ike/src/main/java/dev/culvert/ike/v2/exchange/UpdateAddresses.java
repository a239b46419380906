package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.ArrayList;
import java.util.List;

/**
 * The original initiator moves the IKE SA and its children to the addresses of this message (RFC 4555 §3.5):
 *
 * <pre>
 * HDR, SK {N(UPDATE_SA_ADDRESSES), N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), N(COOKIE2)}  --&gt;
 *                     &lt;--  HDR, SK {N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP), N(COOKIE2)}
 * </pre>
 */
final class UpdateAddresses extends PathExchange {
    @Override
    String name() {
        return NotifyType.UPDATE_SA_ADDRESSES.name();
    }

    @Override
    List<Payload> introduction(IkeSa sa) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(NotifyPayload.of(NotifyType.UPDATE_SA_ADDRESSES));
        payloads.addAll(Mobike.natDetection(sa, sa.path()));
        return payloads;
    }

    @Override
    PathExchange again() {
        return new UpdateAddresses();
    }

    @Override
    void answered(IkeSa sa, PeerPath path, IkeMessage response, long nowNanos) {
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
