package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.util.List;
import java.util.Optional;

/**
 * Deletes one child SA (RFC 7296 §1.4.1); D names the sender's inbound SPI:
 *
 * <pre>
 * HDR, SK {D}  --&gt;
 *         &lt;--  HDR, SK {D}
 * </pre>
 *
 * Our pair goes when the response comes, so that what the peer sent before still arrives.
 */
final class DeleteChild implements Exchange {
    private final SecurityProtocol protocol;
    private final int spiIn;
    private final Optional<ChildSa> child;

    private DeleteChild(SecurityProtocol protocol, int spiIn, Optional<ChildSa> child) {
        this.protocol = protocol;
        this.spiIn = spiIn;
        this.child = child;
    }

    static DeleteChild of(ChildSa child) {
        return new DeleteChild(child.suite().protocol(), child.spiIn(), Optional.of(child));
    }

    /** One that only the peer has, because we did not accept its terms. */
    static DeleteChild unwanted(SecurityProtocol protocol, int spiIn) {
        return new DeleteChild(protocol, spiIn, Optional.empty());
    }

    @Override
    public ExchangeType type() {
        return ExchangeType.INFORMATIONAL;
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        boolean gone = child.isPresent() && !sa.children().contains(child.get());
        return gone ? Optional.empty() : Optional.of(List.of(DeletePayload.ofChildren(protocol, List.of(spiIn))));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        child.ifPresent(c ->
                sa.children().remove(c, c.expired() ? RemovalReason.EXPIRED : RemovalReason.DELETED_BY_US, nowNanos));
    }
}
