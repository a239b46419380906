package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.util.List;
import java.util.Optional;

/**
 * The original responder, whose address changed, shows the new one and tells the others that it has; the initiator moves
 * the SAs then (RFC 4555 §3.6):
 *
 * <pre>
 * HDR, SK {N(ADDITIONAL_IP4_ADDRESS)+ | N(NO_ADDITIONAL_ADDRESSES)}  --&gt;
 *                                                              &lt;--  HDR, SK {}
 * </pre>
 */
final class AnnounceAddresses implements Exchange {
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
        return sa.state().isUsable() ? Optional.of(Mobike.addresses(sa)) : Optional.empty();
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {}
}
