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

    /** @param rekeys the child that the new SA is to replace; empty for a further child and for the IKE SA */
    FollowupResponder(List<AdditionalKeyExchange> keyExchanges, Optional<ChildSa> rekeys, Making making) {
        this.remaining = new ArrayDeque<>(keyExchanges);
        this.rekeys = rekeys;
        this.making = making;
    }

    /** Answers an IKE_FOLLOWUP_KE request. */
    static List<Payload> answerAny(IkeSa sa, IkeMessage request, long nowNanos) {
        return request.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE)
                .flatMap(notify -> sa.followups().take(notify.data()))
                .map(followup -> followup.answer(sa, request, nowNanos))
                .orElseGet(() -> List.of(NotifyPayload.of(NotifyType.STATE_NOT_FOUND)));
    }

    /** Lets the SA wait for the next of them. Returns what our response says of it. */
    NotifyPayload await(IkeSa sa, long nowNanos) {
        Bytes link = Bytes.of(sa.context().random().bytes(LINK_LENGTH));
        sa.followups().add(link, this, nowNanos);
        return NotifyPayload.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, link);
    }

    @Override
    public List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        AdditionalKeyExchange due = remaining.remove();
        Optional<KePayload> ke = request.first(KePayload.class)
                .filter(k -> k.method() == due.method().id());
        Optional<NotifyType> obstacle = obstacle(sa, ke.isPresent());
        if (obstacle.isPresent()) {
            abandoned(sa);
            return List.of(NotifyPayload.of(obstacle.get()));
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
            payloads.add(await(sa, nowNanos));
        }
        return payloads;
    }

    /** Why there is nothing to go on with; an SA that is closed or being closed is not rekeyed (RFC 7296 §2.25.1). */
    private Optional<NotifyType> obstacle(IkeSa sa, boolean hasKeyExchange) {
        if (!hasKeyExchange) {
            return Optional.of(NotifyType.INVALID_SYNTAX);
        }
        boolean closed = !sa.state().isUsable()
                || rekeys.filter(old -> !sa.children().contains(old) || !old.isLive())
                        .isPresent();
        return closed ? Optional.of(NotifyType.TEMPORARY_FAILURE) : Optional.empty();
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
