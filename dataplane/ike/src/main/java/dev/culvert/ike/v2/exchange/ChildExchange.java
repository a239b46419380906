package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.Followup;
import dev.culvert.ike.sa.IkeSa;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * CREATE_CHILD_SA for a child SA, as its initiator (RFC 7296 §1.3.1, §1.3.3):
 *
 * <pre>
 * HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr}  --&gt;
 *                    &lt;--  HDR, SK {SA, Nr, [KEr,] TSi, TSr}
 * </pre>
 *
 * Both sides may do it at once for the same child. Then there are two new pairs and four nonces, and the pair made with
 * the lowest of them is closed by the side that created it (§2.8.1). Where additional key exchanges are still to come, there
 * is nothing to close yet: that side goes no further (RFC 9370 §2.2.4).
 */
abstract class ChildExchange implements Exchange {
    private static final int MAX_GROUP_CHANGES = 3;

    /** What the peer makes for the same child while our request is out. */
    private sealed interface Rival {
        /** The lower one of its exchange's two nonces. */
        Bytes lowestNonce();
    }

    private record Made(ChildSa child, Bytes lowestNonce) implements Rival {}

    /** The peer's additional key exchanges are still to come. */
    private record InTheMaking(Followup followup, Bytes lowestNonce) implements Rival {}

    private record Sent(ChildOffer offer, Bytes ni, Optional<KeyExchange> keyExchange) {}

    /** Both sides agree, but for additional key exchanges that are still to come. */
    private record Agreement(
            ChildOffer offer, ChildTerms terms, ChildTerms.KeyInputs inputs, FollowupInitiator keyExchanges) {
        void close() {
            keyExchanges.close();
            inputs.sharedSecret().ifPresent(SecretBytes::close);
        }
    }

    private Optional<KeyExchangeMethod> wantedMethod = Optional.empty();
    private int groupChanges;
    private @Nullable Sent sent;
    private @Nullable Agreement agreement;
    private @Nullable Rival rival;
    /** SPIs of the peer that it deleted while our request was out: its response, on the way, may name one. */
    private final Set<Integer> deletedByPeer = new HashSet<>();

    /** What is asked for; empty if it is not wanted any more. */
    abstract Optional<ChildOffer> offer(IkeSa sa);

    /** Payloads in front. */
    abstract List<Payload> introduction();

    /** Both sides agree, and the peer made no such pair itself. */
    abstract void agreed(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, long nowNanos);

    /** Both sides agree, but this pair is the redundant one of two. */
    abstract void lost(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, ChildSa winner, long nowNanos);

    /** Ours is not made, but the peer's is there. */
    abstract void yieldedTo(IkeSa sa, ChildSa winner, long nowNanos);

    /** Ours is not made, and the peer has not finished its own yet. */
    abstract void yielded(IkeSa sa, long nowNanos);

    /** Both sides agree, but this pair is the redundant one of two, and the peer has deleted the other one since. */
    abstract void lostToNothing(IkeSa sa, long nowNanos);

    /** The peer made none, neither at our request nor by itself. */
    abstract void refused(IkeSa sa, NotifyPayload error, Failure failure, long nowNanos);

    /** The peer's answer was no good, and what it may have made is being deleted. */
    abstract void failed(IkeSa sa, Failure failure, long nowNanos);

    /** The peer made the pair and deleted it again before its response came. */
    abstract void deletedAtOnce(IkeSa sa, long nowNanos);

    /** The peer made a pair that we do not want any more. */
    static void discard(IkeSa sa, ChildTerms terms) {
        sa.enqueue(DeleteChild.unwanted(terms.config().protocol(), terms.spiIn()));
        sa.context().releaseChildSpi(terms.spiIn());
    }

    /** The peer made a pair for the same child. */
    final void rival(ChildSa child, Bytes lowestNonce) {
        rival = new Made(child, lowestNonce);
    }

    /** The peer is about to make a pair for the same child. */
    final void rival(Followup followup, Bytes lowestNonce) {
        rival = new InTheMaking(followup, lowestNonce);
    }

    /** Whether the peer made a pair for the same child meanwhile, or is about to, be it gone since or not. */
    final boolean isRivalled() {
        return rival != null;
    }

    /** Whether both sides agree already but for additional key exchanges: too late for a request of the peer's. */
    final boolean isFollowedUp() {
        return agreement != null;
    }

    /** The peer deleted a pair that we do not know, maybe the one it is making at our request. */
    final void deletedByPeer(int spi) {
        deletedByPeer.add(spi);
    }

    @Override
    public final ExchangeType type() {
        return agreement == null ? ExchangeType.CREATE_CHILD_SA : ExchangeType.IKE_FOLLOWUP_KE;
    }

    @Override
    public final Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        Agreement made = agreement;
        if (made != null && sa.state().isUsable()) {
            return Optional.of(made.keyExchanges().request(sa));
        }
        Optional<ChildOffer> wanted = sa.state().isUsable() ? offer(sa) : Optional.empty();
        if (wanted.isEmpty()) {
            aborted(sa, nowNanos);
            return Optional.empty();
        }
        ChildOffer offer = wanted.get();
        Bytes ni = Bytes.of(sa.context().random().bytes(SaInitInitiator.NONCE_LENGTH));
        Optional<KeyExchange> keyExchange = wantedMethod
                .or(() -> methods(offer).stream().findFirst())
                .map(method -> KeyExchange.generate(method, sa.context().random()));
        sent = new Sent(offer, ni, keyExchange);
        List<Payload> payloads = new ArrayList<>(introduction());
        payloads.addAll(offer.terms());
        payloads.add(new NoncePayload(ni));
        keyExchange.ifPresent(ke -> payloads.add(new KePayload(ke.method().id(), Bytes.of(ke.publicValue()))));
        payloads.addAll(offer.selectors());
        return Optional.of(payloads);
    }

    @Override
    public final void response(IkeSa sa, IkeMessage response, long nowNanos) {
        Agreement made = agreement;
        if (made != null) {
            followedUp(sa, response, made, nowNanos);
            return;
        }
        Sent request = sent;
        if (request == null) {
            return;
        }
        sent = null;
        try {
            if (!changesGroup(sa, response, request)) {
                judge(sa, response, request, nowNanos);
            }
        } finally {
            request.keyExchange().ifPresent(KeyExchange::close);
        }
    }

    @Override
    public void aborted(IkeSa sa, long nowNanos) {
        release(sa);
    }

    @Override
    public final void beginAnew(IkeSa sa) {
        release(sa);
    }

    private void release(IkeSa sa) {
        Agreement made = agreement;
        agreement = null;
        if (made != null) {
            sa.context().releaseChildSpi(made.terms().spiIn());
            made.close();
        }
        Sent request = sent;
        sent = null;
        if (request != null) {
            sa.context().releaseChildSpi(request.offer().spiIn());
            request.keyExchange().ifPresent(KeyExchange::close);
        }
    }

    private boolean changesGroup(IkeSa sa, IkeMessage response, Sent request) {
        Optional<KeyExchangeMethod> wanted = response.notify(NotifyType.INVALID_KE_PAYLOAD)
                .filter(n -> n.data().length() == 2)
                .flatMap(n -> KeyExchangeMethod.byId(n.data().u16(0)))
                .filter(methods(request.offer())::contains);
        if (wanted.isEmpty() || groupChanges++ >= MAX_GROUP_CHANGES) {
            return false;
        }
        sa.context().releaseChildSpi(request.offer().spiIn());
        wantedMethod = wanted;
        sa.enqueueFirst(this);
        return true;
    }

    private void judge(IkeSa sa, IkeMessage response, Sent request, long nowNanos) {
        switch (request.offer().answered(sa, response)) {
            case ChildOffer.Outcome.Refused(NotifyPayload error, Failure failure) ->
                refusedOrRivalled(sa, error, failure, nowNanos);
            case ChildOffer.Outcome.Unacceptable(int spiOut, Failure failure) ->
                reject(sa, request.offer(), failure, nowNanos);
            case ChildOffer.Outcome.Broken(Failure failure) -> reject(sa, request.offer(), failure, nowNanos);
            case ChildOffer.Outcome.Agreed(ChildTerms terms) -> {
                Optional<Bytes> nr = response.first(NoncePayload.class).map(NoncePayload::data);
                Optional<Optional<SecretBytes>> secret = secret(response, request, terms);
                if (nr.isEmpty() || secret.isEmpty()) {
                    sa.context().releaseChildSpi(terms.spiIn());
                    reject(
                            sa,
                            request.offer(),
                            Failures.protocol("the peer's key exchange for child '"
                                    + terms.config().name() + "' is missing or wrong"),
                            nowNanos);
                    return;
                }
                ChildTerms.KeyInputs inputs = new ChildTerms.KeyInputs(true, secret.get(), request.ni(), nr.get());
                if (!terms.suite().additionalKeyExchanges().isEmpty()) {
                    followUp(sa, response, request, terms, inputs, nowNanos);
                    return;
                }
                conclude(sa, terms, inputs, nowNanos);
                secret.get().ifPresent(SecretBytes::close);
            }
        }
    }

    private void conclude(IkeSa sa, ChildTerms terms, ChildTerms.KeyInputs inputs, long nowNanos) {
        Optional<ChildSa> theirs = madeByPeer(sa);
        if (deletedByPeer.contains(terms.spiOut())) {
            sa.context().releaseChildSpi(terms.spiIn());
            deletedAtOnce(sa, nowNanos);
        } else if (!isLoser(sa, inputs)) {
            agreed(sa, terms, inputs, nowNanos);
            theirs.ifPresent(loser -> Succession.awaitDelete(sa, loser, nowNanos));
            dropUnfinished(sa);
        } else if (theirs.isPresent()) {
            lost(sa, terms, inputs, theirs.get(), nowNanos);
        } else {
            sa.enqueue(DeleteChild.unwanted(terms.config().protocol(), terms.spiIn()));
            giveWay(sa, terms, nowNanos);
        }
    }

    /** Whether the peer's pair stays, and not the one that was made, or would be, with these nonces. */
    private boolean isLoser(IkeSa sa, ChildTerms.KeyInputs inputs) {
        Rival theirs = rival;
        boolean givenUp =
                theirs instanceof InTheMaking making && !sa.followups().contains(making.followup());
        return theirs != null
                && !givenUp
                && Nonces.isLower(Nonces.lower(inputs.ni(), inputs.nr()), theirs.lowestNonce());
    }

    /** There is nothing of ours, or nothing any more. */
    private void giveWay(IkeSa sa, ChildTerms terms, long nowNanos) {
        sa.context().releaseChildSpi(terms.spiIn());
        Optional<ChildSa> theirs = madeByPeer(sa);
        if (theirs.isPresent()) {
            yieldedTo(sa, theirs.get(), nowNanos);
        } else if (rival instanceof InTheMaking) {
            yielded(sa, nowNanos);
        } else {
            lostToNothing(sa, nowNanos);
        }
    }

    private void refusedOrRivalled(IkeSa sa, NotifyPayload error, Failure failure, long nowNanos) {
        Optional<ChildSa> theirs = madeByPeer(sa);
        if (theirs.isPresent()) {
            yieldedTo(sa, theirs.get(), nowNanos);
        } else if (rival instanceof InTheMaking making && sa.followups().contains(making.followup())) {
            yielded(sa, nowNanos);
        } else {
            refused(sa, error, failure, nowNanos);
        }
    }

    /** Ours stays: what the peer has not finished, it will not finish (RFC 9370 §2.2.4). */
    private void dropUnfinished(IkeSa sa) {
        if (rival instanceof InTheMaking making) {
            sa.followups().drop(making.followup());
        }
    }

    /** The peer waits for the additional key exchanges before it makes the pair. */
    private void followUp(
            IkeSa sa, IkeMessage response, Sent request, ChildTerms terms, ChildTerms.KeyInputs inputs, long nowNanos) {
        Optional<FollowupInitiator> keyExchanges =
                FollowupInitiator.after(response, terms.suite().additionalKeyExchanges());
        if (keyExchanges.isEmpty()) {
            sa.context().releaseChildSpi(terms.spiIn());
            failed(
                    sa,
                    Failures.protocol("the peer's answer for child '"
                            + terms.config().name() + "' does not say how its additional key exchanges go on"),
                    nowNanos);
            return;
        }
        if (isLoser(sa, inputs)) {
            inputs.sharedSecret().ifPresent(SecretBytes::close);
            giveWay(sa, terms, nowNanos);
            return;
        }
        dropUnfinished(sa);
        agreement = new Agreement(request.offer(), terms, inputs, keyExchanges.get());
        sa.enqueueFirst(this);
    }

    private void followedUp(IkeSa sa, IkeMessage response, Agreement made, long nowNanos) {
        Optional<NotifyPayload> error = response.errorNotify();
        FollowupInitiator.Outcome outcome = error.isPresent()
                ? FollowupInitiator.Outcome.BROKEN
                : made.keyExchanges().response(response);
        if (outcome == FollowupInitiator.Outcome.MORE) {
            sa.enqueueFirst(this);
            return;
        }
        agreement = null;
        if (outcome == FollowupInitiator.Outcome.DONE) {
            conclude(sa, made.terms(), made.inputs().with(made.keyExchanges().secrets()), nowNanos);
        } else {
            sa.context().releaseChildSpi(made.terms().spiIn());
            ChildOffer offer = made.offer();
            if (error.isPresent()) {
                refusedOrRivalled(
                        sa, error.get(), Failures.child(error.get(), offer.config(), offer.proposals()), nowNanos);
            } else {
                reject(
                        sa,
                        offer,
                        Failures.protocol("the peer's additional key exchange for child '"
                                + offer.config().name() + "' is missing or wrong"),
                        nowNanos);
            }
        }
        made.close();
    }

    /** The pair that the peer made for the same child, or the one that it was rekeyed to since. */
    private Optional<ChildSa> madeByPeer(IkeSa sa) {
        if (!(rival instanceof Made made)) {
            return Optional.empty();
        }
        ChildSa child = made.child();
        while (!sa.children().contains(child) && child.replacement().isPresent()) {
            child = child.replacement().get();
        }
        return Optional.of(child).filter(sa.children()::contains);
    }

    private void reject(IkeSa sa, ChildOffer offer, Failure failure, long nowNanos) {
        sa.enqueue(DeleteChild.unwanted(offer.config().protocol(), offer.spiIn()));
        failed(sa, failure, nowNanos);
    }

    /** The shared secret, or none without PFS; nothing at all if the peer's value is missing or bad. */
    private static Optional<Optional<SecretBytes>> secret(IkeMessage response, Sent request, ChildTerms terms) {
        Optional<KeyExchangeMethod> method = terms.suite().keyExchange();
        if (method.isEmpty()) {
            return Optional.of(Optional.empty());
        }
        Optional<KePayload> ke = response.first(KePayload.class);
        Optional<KeyExchange> ours = request.keyExchange().filter(k -> k.method() == method.get());
        if (ours.isEmpty() || ke.isEmpty() || ke.get().method() != method.get().id()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Optional.of(ours.get().agree(ke.get().data().toArray())));
        } catch (InvalidPublicValueException e) {
            return Optional.empty();
        }
    }

    private static List<KeyExchangeMethod> methods(ChildOffer offer) {
        return offer.proposals().stream()
                .map(Proposal::keyExchangeMethods)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }
}
