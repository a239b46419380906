package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An empty INFORMATIONAL request: whoever answers is alive (RFC 7296 §2.4). From behind a NAT it also asks as whom the peer
 * sees us, and moves the SAs if the NAT's mapping changed (RFC 4555 §3.8).
 */
final class LivenessCheck implements Exchange {
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
        boolean asks =
                sa.mobility().agreed() && sa.origin().initiator() && sa.path().localBehindNat();
        return Optional.of(asks ? Mobike.natDetection(sa, sa.path()) : List.of());
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        if (sa.mobility().agreed() && sa.origin().initiator() && Mobike.isSeenElsewhere(sa, response)) {
            sa.enqueueFirst(new UpdateAddresses());
        }
    }

    @Override
    public Duration patience(IkeSa sa) {
        return sa.owner().config().dpd().timeout();
    }
}
