package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.AdditionalKeyExchange;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.Followup;
import dev.culvert.ike.sa.IkeSa;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Answers the additional key exchanges behind a CREATE_CHILD_SA of the peer (RFC 9370 §2.2.4). */
final class FollowupResponder implements Followup {
    private static final int LINK_LENGTH = 16;

    /** What the SA that is being made is, and how it is made or given up. */
    interface Making {
        /** SK(1), SK(2) … are there. */
        void finish(IkeSa sa, List<SecretBytes> secrets, long nowNanos);

        void abandon(IkeSa sa);
    }

    private final Deque<AdditionalKeyExchange> remaining;
    private final Optional<ChildSa> rekeys;
    private final Making making;
    private final List<SecretBytes> secrets = new ArrayList<>();

    private FollowupResponder(List<AdditionalKeyExchange> keyExchanges, Optional<ChildSa> rekeys, Making making) {
        this.remaining = new ArrayDeque<>(keyExchanges);
        this.rekeys = rekeys;
        this.making = making;
    }

    /** Lets an SA wait for them. Returns what the response to CREATE_CHILD_SA says of it. */
    static NotifyPayload await(
            IkeSa sa,
            List<AdditionalKeyExchange> keyExchanges,
            Optional<ChildSa> rekeys,
            Making making,
            long nowNanos) {
        return new FollowupResponder(keyExchanges, rekeys, making).link(sa, nowNanos);
    }

    /** Answers an IKE_FOLLOWUP_KE request. */
    static List<Payload> answerAny(IkeSa sa, IkeMessage request, long nowNanos) {
        return request.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE)
                .flatMap(notify -> sa.followups().take(notify.data()))
                .map(followup -> followup.answer(sa, request, nowNanos))
                .orElseGet(() -> List.of(NotifyPayload.of(NotifyType.STATE_NOT_FOUND)));
    }

    private NotifyPayload link(IkeSa sa, long nowNanos) {
        Bytes link = Bytes.of(sa.context().random().bytes(LINK_LENGTH));
        sa.followups().add(link, this, nowNanos);
        return NotifyPayload.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, link);
    }

    @Override
    public List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        AdditionalKeyExchange due = remaining.remove();
        Optional<KePayload> ke = request.first(KePayload.class)
                .filter(k -> k.method() == due.method().id());
        if (ke.isEmpty() || !sa.state().isUsable()) {
            abandoned(sa);
            return List.of(NotifyPayload.of(ke.isEmpty() ? NotifyType.INVALID_SYNTAX : NotifyType.TEMPORARY_FAILURE));
        }
        List<Payload> payloads = new ArrayList<>();
        try {
            KeyExchange.Answer answer = KeyExchange.answer(
                    due.method(), ke.get().data().toArray(), sa.context().random());
            secrets.add(answer.secret());
            payloads.add(new KePayload(due.method().id(), Bytes.of(answer.value())));
        } catch (InvalidPublicValueException e) {
            abandoned(sa);
            return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        if (remaining.isEmpty()) {
            making.finish(sa, secrets, nowNanos);
            secrets.forEach(SecretBytes::close);
        } else {
            payloads.add(link(sa, nowNanos));
        }
        return payloads;
    }

    @Override
    public Optional<ChildSa> rekeys() {
        return rekeys;
    }

    @Override
    public void abandoned(IkeSa sa) {
        secrets.forEach(SecretBytes::close);
        making.abandon(sa);
    }
}
