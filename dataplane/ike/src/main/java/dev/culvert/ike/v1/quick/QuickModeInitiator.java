package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import dev.culvert.ike.v1.proposal.Phase2Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A quick mode that we begin; see {@link QuickMode}. */
final class QuickModeInitiator extends QuickMode {
    /** How long our last message is repeated to a peer that set the commit bit, until its CONNECTED comes. */
    private static final Duration COMMIT = Duration.ofSeconds(15);

    private enum State {
        OFFERED,
        /** Our last message is out, and the peer is to say CONNECTED. */
        COMMITTING,
        OVER
    }

    /** What went out in the first message. */
    private record Offer(
            ChildConfig child,
            EncapsulationMode mode,
            SaPayload payload,
            int spi,
            Bytes ni,
            Optional<KeyExchange> keyExchange) {
        Optional<KeyExchangeMethod> group() {
            return keyExchange.map(KeyExchange::method);
        }
    }

    private final WantedChild child;
    private final List<Pair> known;
    private State state = State.OFFERED;
    private @Nullable Offer offer;
    private @Nullable Pair pair;
    private long commitUntil = Timers.NEVER;

    /** @param known the pairs that the new one is to replace */
    QuickModeInitiator(QuickChildren children, IsakmpSa sa, int messageId, WantedChild child, List<Pair> known) {
        super(children, sa, messageId);
        this.child = child;
        this.known = List.copyOf(known);
    }

    WantedChild child() {
        return child;
    }

    /** Whether the peer has not answered yet. */
    boolean isOffered() {
        return state == State.OFFERED;
    }

    /** Whether that is the SPI that we chose for it. */
    boolean has(int spi) {
        return offer != null && offer.spi() == spi;
    }

    @Override
    public void start(long nowNanos) {
        ChildConfig config = child.config();
        EncapsulationMode mode = encapsulation(config.mode());
        Optional<KeyExchangeMethod> group = Phase2Proposals.group(config.proposals());
        int spi = sa.host().newChildSpi();
        SaPayload payload = Phase2Proposals.offer(config.proposals(), group, mode, lifetime(config), spi);
        Optional<KeyExchange> keyExchange =
                group.map(method -> KeyExchange.generate(method, sa.host().random()));
        Offer sent = new Offer(config, mode, payload, spi, newNonce(), keyExchange);
        offer = sent;
        boolean transport = config.mode() == IpsecMode.TRANSPORT;
        List<V1Payload> payloads = new ArrayList<>();
        payloads.add(payload);
        payloads.add(new NoncePayload(sent.ni()));
        keyExchange.ifPresent(ke -> payloads.add(new KePayload(Bytes.of(ke.publicValue()))));
        payloads.addAll(Ends.of(config).payloads(true, transport, sa.path()));
        payloads.addAll(originalAddresses(transport, true));
        send(sa.keys().hash1(messageId, V1Message.encode(payloads)), payloads, false, true, nowNanos);
    }

    @Override
    public boolean receive(V1Message message, long nowNanos) {
        Offer sent = offer;
        if (state == State.OFFERED && sent != null) {
            boolean authentic = message.header().is(ExchangeType.QUICK)
                    && begins(message, sa.keys().hash2(messageId, sent.ni(), message.octetsBehindFirst()));
            if (authentic) {
                answered(message, sent, nowNanos);
            }
            return authentic;
        }
        if (state == State.COMMITTING && isConnected(message)) {
            committed(nowNanos);
            return true;
        }
        return false;
    }

    private void answered(V1Message message, Offer sent, long nowNanos) {
        Optional<NotifyPayload> error = message.all(NotifyPayload.class).stream()
                .filter(NotifyPayload::isError)
                .findFirst();
        if (error.isPresent()) {
            refused(error.get(), nowNanos);
            return;
        }
        Optional<Phase2Terms> terms = message.first(SaPayload.class)
                .flatMap(answer -> Phase2Proposals.accept(answer, sent.child().proposals(), sent.group(), sent.mode()));
        Optional<Bytes> nr = message.first(NoncePayload.class).map(NoncePayload::data);
        Optional<Ends> ends = Ends.read(message, true, sa.path());
        if (terms.isEmpty() || nr.isEmpty()) {
            giveUp(
                    NotifyType.NO_PROPOSAL_CHOSEN,
                    QuickFailures.badAnswer(message, sent.child(), sent.payload()),
                    nowNanos);
            return;
        }
        if (!ends.equals(Optional.of(Ends.of(sent.child()))) && !isBetweenPeers(ends, sent.child())) {
            giveUp(NotifyType.INVALID_ID_INFORMATION, QuickFailures.otherEnds(ends, sent.child()), nowNanos);
            return;
        }
        Optional<Optional<SecretBytes>> secret = secret(message, sent);
        if (secret.isEmpty()) {
            giveUp(NotifyType.INVALID_KEY_INFORMATION, QuickFailures.badKeyExchange(sent.child()), nowNanos);
            return;
        }
        agreed(message, sent, terms.get(), nr.get(), secret.get(), nowNanos);
        secret.get().ifPresent(SecretBytes::close);
    }

    /** In transport mode each side may name the ends as it sees them. */
    private boolean isBetweenPeers(Optional<Ends> ends, ChildConfig config) {
        return config.mode() == IpsecMode.TRANSPORT
                && ends.map(e -> e.asSeen(sa.path())).equals(Optional.of(Ends.of(config)));
    }

    private static Optional<Optional<SecretBytes>> secret(V1Message message, Offer sent) {
        if (sent.keyExchange().isEmpty()) {
            return Optional.of(Optional.empty());
        }
        Optional<KePayload> theirs = message.first(KePayload.class);
        if (theirs.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Optional.of(
                    sent.keyExchange().get().agree(theirs.get().data().toArray())));
        } catch (InvalidPublicValueException e) {
            return Optional.empty();
        }
    }

    private void agreed(
            V1Message message, Offer sent, Phase2Terms terms, Bytes nr, Optional<SecretBytes> secret, long nowNanos) {
        boolean commit = message.header().commit();
        Agreement agreement = new Agreement(
                sa,
                sent.child(),
                true,
                sent.spi(),
                terms.peerSpi(),
                terms.suite(),
                sent.child().mode(),
                Ends.of(sent.child()),
                lifetime(sent.child()).min(terms.lifetime()).min(responderLifetime(message)),
                secret,
                sent.ni(),
                nr);
        forgetOffer();
        // The pair receives before the peer can know that it may send.
        pair = children.pairs().made(agreement, known, commit, nowNanos);
        send(sa.keys().hash3(messageId, agreement.ni(), nr), List.of(), false, commit, nowNanos);
        if (commit) {
            state = State.COMMITTING;
            commitUntil = nowNanos + COMMIT.toNanos();
        } else {
            over(nowNanos);
        }
        children.up(child);
    }

    /** RFC 2407 §4.6.3.1. */
    private static Lifetime responderLifetime(V1Message message) {
        return message.all(NotifyPayload.class).stream()
                .filter(notify -> notify.is(NotifyType.RESPONDER_LIFETIME))
                .map(notify -> Lifetime.ofNotifyData(notify.data(), Lifetime.Numbering.PHASE_2))
                .reduce(Lifetime.UNSAID, Lifetime::min);
    }

    private void committed(long nowNanos) {
        if (pair != null) {
            children.pairs().activate(pair);
        }
        over(nowNanos);
    }

    /** The peer does not have our last message. */
    @Override
    public void repeated(long nowNanos) {
        if (pair != null) {
            children.pairs().postpone(pair, nowNanos);
        }
    }

    /** The peer refused, in an authentic message. */
    void refused(NotifyPayload error, long nowNanos) {
        Offer sent = offer;
        if (sent != null) {
            fail(QuickFailures.refused(error, sent.child(), sent.payload()), nowNanos);
        }
    }

    /** The peer's answer is no good, and it hears that. */
    private void giveUp(NotifyType type, Failure failure, long nowNanos) {
        Offer sent = offer;
        if (sent != null) {
            refuse(type, sent.child().protocol().id(), sent.spi(), nowNanos);
            fail(failure, nowNanos);
        }
    }

    private void fail(Failure failure, long nowNanos) {
        release();
        over(nowNanos);
        children.failed(child, failure, nowNanos);
    }

    /** It is not wanted any more. */
    void cancel(long nowNanos) {
        release();
        over(nowNanos);
    }

    private void over(long nowNanos) {
        state = State.OVER;
        commitUntil = Timers.NEVER;
        sa.finish(messageId, nowNanos);
        children.ended(this);
    }

    @Override
    public void unanswered(long nowNanos) {
        Offer sent = offer;
        release();
        state = State.OVER;
        children.ended(this);
        if (sent != null) {
            children.failed(child, QuickFailures.unanswered(sent.child(), sa), nowNanos);
        }
    }

    @Override
    public void aborted(long nowNanos) {
        release();
        state = State.OVER;
        children.ended(this);
    }

    /** The SPI is not used any more if there is no pair. */
    private void release() {
        if (offer != null) {
            sa.host().releaseChildSpi(offer.spi());
            forgetOffer();
        }
    }

    private void forgetOffer() {
        if (offer != null) {
            offer.keyExchange().ifPresent(KeyExchange::close);
            offer = null;
        }
    }

    @Override
    public long deadline() {
        return commitUntil;
    }

    /** The peer does not say CONNECTED: so be it. */
    @Override
    public void timeout(long nowNanos) {
        if (commitUntil <= nowNanos) {
            committed(nowNanos);
        }
    }
}
