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
import dev.culvert.ike.sa.IkeSa;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The additional key exchanges behind a CREATE_CHILD_SA, as their initiator (RFC 9370 §2.2.4):
 *
 * <pre>
 * HDR(IKE_FOLLOWUP_KE), SK {KEi(n), N(ADDITIONAL_KEY_EXCHANGE)}  --&gt;
 *                 &lt;--  HDR(IKE_FOLLOWUP_KE), SK {KEr(n), [N(ADDITIONAL_KEY_EXCHANGE)]}
 * </pre>
 *
 * The notify links them to each other with data of the responder's, of any length; the last response has none.
 */
final class FollowupInitiator implements AutoCloseable {
    /** What a response led to. */
    enum Outcome {
        MORE,
        DONE,
        /** The response makes no sense, or its value must not be used. */
        BROKEN
    }

    private final Deque<AdditionalKeyExchange> remaining;
    private final List<SecretBytes> secrets = new ArrayList<>();
    private Bytes link;
    private @Nullable KeyExchange ours;

    private FollowupInitiator(List<AdditionalKeyExchange> keyExchanges, Bytes link) {
        this.remaining = new ArrayDeque<>(keyExchanges);
        this.link = link;
    }

    /** Empty if the response to CREATE_CHILD_SA has no link data. */
    static Optional<FollowupInitiator> after(IkeMessage response, List<AdditionalKeyExchange> keyExchanges) {
        return response.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE)
                .map(notify -> new FollowupInitiator(keyExchanges, notify.data()));
    }

    List<Payload> request(IkeSa sa) {
        KeyExchange made =
                KeyExchange.generate(remaining.getFirst().method(), sa.context().random());
        ours = made;
        return List.of(
                new KePayload(made.method().id(), Bytes.of(made.publicValue())),
                NotifyPayload.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, link));
    }

    Outcome response(IkeMessage response) {
        KeyExchange made = ours;
        Optional<KePayload> ke = response.first(KePayload.class)
                .filter(k -> made != null && k.method() == made.method().id());
        if (made == null || ke.isEmpty()) {
            return Outcome.BROKEN;
        }
        try (made) {
            secrets.add(made.agree(ke.get().data().toArray()));
        } catch (InvalidPublicValueException e) {
            return Outcome.BROKEN;
        }
        remaining.remove();
        if (remaining.isEmpty()) {
            return Outcome.DONE;
        }
        Optional<Bytes> next =
                response.notify(NotifyType.ADDITIONAL_KEY_EXCHANGE).map(NotifyPayload::data);
        next.ifPresent(data -> link = data);
        return next.isPresent() ? Outcome.MORE : Outcome.BROKEN;
    }

    /** SK(1), SK(2) … in their order. */
    List<SecretBytes> secrets() {
        return secrets;
    }

    @Override
    public void close() {
        secrets.forEach(SecretBytes::close);
        if (ours != null) {
            ours.close();
        }
    }
}
