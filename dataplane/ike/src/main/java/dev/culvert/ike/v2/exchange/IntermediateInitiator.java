package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.AdditionalKeyExchange;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.v2.auth.Handshake;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One additional key exchange between IKE_SA_INIT and IKE_AUTH, as its initiator (RFC 9242, RFC 9370 §2.2.2):
 *
 * <pre>
 * HDR(IKE_INTERMEDIATE), SK {KEi(n)}  --&gt;
 *                                &lt;--  HDR(IKE_INTERMEDIATE), SK {KEr(n)}
 * </pre>
 *
 * Each is protected by the keys that the one before led to; AUTH covers all of them.
 */
final class IntermediateInitiator implements Exchange {
    private final List<AdditionalKeyExchange> remaining;
    private final Handshake handshake;
    private final Exchange authentication;
    private @Nullable KeyExchange keyExchange;

    private IntermediateInitiator(List<AdditionalKeyExchange> remaining, Handshake handshake, Exchange authentication) {
        this.remaining = remaining;
        this.handshake = handshake;
        this.authentication = authentication;
    }

    /** The exchanges that lead to the authentication: it alone, if no additional key exchange was agreed on. */
    static Exchange before(Exchange authentication, List<AdditionalKeyExchange> keyExchanges, Handshake handshake) {
        return keyExchanges.isEmpty()
                ? authentication
                : new IntermediateInitiator(keyExchanges, handshake, authentication);
    }

    @Override
    public ExchangeType type() {
        return ExchangeType.IKE_INTERMEDIATE;
    }

    @Override
    public Retransmission schedule(EndpointConfig endpoint) {
        return endpoint.initial();
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        KeyExchange ours =
                KeyExchange.generate(remaining.getFirst().method(), sa.context().random());
        keyExchange = ours;
        return Optional.of(List.of(new KePayload(ours.method().id(), Bytes.of(ours.publicValue()))));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {
        KeyExchange ours = keyExchange;
        if (ours == null) {
            return;
        }
        String peer = sa.path().remote().toString();
        Optional<KePayload> ke = response.first(KePayload.class)
                .filter(k -> k.method() == ours.method().id());
        if (ke.isEmpty() || response.errorNotify().isPresent()) {
            fail(
                    sa,
                    response.errorNotify()
                            .map(notify -> Failures.ike(notify, peer, List.of()))
                            .orElseGet(() -> Failures.protocol(peer + " answered IKE_INTERMEDIATE without "
                                    + ours.method().keyword())),
                    nowNanos);
            return;
        }
        try (SecretBytes secret = ours.agree(ke.get().data().toArray())) {
            sa.keysRenewed(Intermediates.furtherKeys(sa, handshake, secret, true));
        } catch (InvalidPublicValueException e) {
            fail(sa, Failures.protocol(peer + " sent a bad public value: " + e.getMessage()), nowNanos);
            return;
        } finally {
            ours.close();
        }
        sa.enqueueFirst(before(authentication, remaining.subList(1, remaining.size()), handshake));
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        if (keyExchange != null) {
            keyExchange.close();
        }
    }

    private void fail(IkeSa sa, Failure failure, long nowNanos) {
        aborted(sa, nowNanos);
        sa.close(CloseCause.failed(failure), nowNanos);
    }
}
