package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An empty INFORMATIONAL request: whoever answers is alive (RFC 7296 §2.4). */
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
        return Optional.of(List.of());
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {}

    @Override
    public Duration patience(IkeSa sa) {
        return sa.owner().config().dpd().timeout();
    }
}
