package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.AdditionalKeyExchange;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.HalfOpen;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.Handshake;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Answers the additional key exchanges of IKE_INTERMEDIATE in their order, before IKE_AUTH (RFC 9370 §2.2.2). */
final class IntermediateResponder implements HalfOpen {
    private final HalfOpen authentication;
    private final Handshake handshake;
    private final Deque<AdditionalKeyExchange> remaining;

    private IntermediateResponder(
            HalfOpen authentication, Handshake handshake, List<AdditionalKeyExchange> keyExchanges) {
        this.authentication = authentication;
        this.handshake = handshake;
        this.remaining = new ArrayDeque<>(keyExchanges);
    }

    /** The answers that lead to the authentication: it alone, if no additional key exchange was agreed on. */
    static HalfOpen before(HalfOpen authentication, List<AdditionalKeyExchange> keyExchanges, Handshake handshake) {
        return keyExchanges.isEmpty()
                ? authentication
                : new IntermediateResponder(authentication, handshake, keyExchanges);
    }

    @Override
    public Optional<SaKeys> deriveKeys(IkeSa sa) {
        return authentication.deriveKeys(sa);
    }

    @Override
    public ExchangeType awaited() {
        return remaining.isEmpty() ? authentication.awaited() : ExchangeType.IKE_INTERMEDIATE;
    }

    @Override
    public List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        if (remaining.isEmpty()) {
            return authentication.answer(sa, request, nowNanos);
        }
        AdditionalKeyExchange due = remaining.remove();
        Optional<KePayload> ke = request.first(KePayload.class)
                .filter(k -> k.method() == due.method().id());
        if (ke.isEmpty()) {
            return refuse(sa, "IKE_INTERMEDIATE without " + due.method().keyword(), nowNanos);
        }
        try {
            KeyExchange.Answer answer = KeyExchange.answer(
                    due.method(), ke.get().data().toArray(), sa.context().random());
            sa.keysAfterAnswer(Intermediates.furtherKeys(sa, handshake, answer.secret(), false));
            answer.secret().close();
            return List.of(new KePayload(due.method().id(), Bytes.of(answer.value())));
        } catch (InvalidPublicValueException e) {
            return refuse(sa, e.getMessage() == null ? "bad public value" : e.getMessage(), nowNanos);
        }
    }

    private static List<Payload> refuse(IkeSa sa, String why, long nowNanos) {
        sa.close(
                CloseCause.failed(Failures.protocol(sa.path().remote() + " sent a bad key exchange: " + why)),
                nowNanos);
        return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
    }
}
