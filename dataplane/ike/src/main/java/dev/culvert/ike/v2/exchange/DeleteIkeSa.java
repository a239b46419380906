package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.util.List;
import java.util.Optional;

/**
 * Deletes an IKE SA and all below it (RFC 7296 §1.4.1):
 *
 * <pre>
 * HDR, SK {D}  --&gt;
 *         &lt;--  HDR, SK {}
 * </pre>
 */
final class DeleteIkeSa implements Exchange {
    private final Payload goodbye;

    private DeleteIkeSa(Payload goodbye) {
        this.goodbye = goodbye;
    }

    static DeleteIkeSa withDelete() {
        return new DeleteIkeSa(DeletePayload.ofIkeSa());
    }

    /** What an initiator says who cannot verify the responder's AUTH (RFC 7296 §2.21.2). */
    static DeleteIkeSa afterFailedAuthentication() {
        return new DeleteIkeSa(NotifyPayload.of(NotifyType.AUTHENTICATION_FAILED));
    }

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
        return Optional.of(List.of(goodbye));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        sa.close(CloseCause.of(CloseCause.Kind.DELETED_BY_US), nowNanos);
    }
}
