package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.ChildTimer;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers CREATE_CHILD_SA requests (RFC 7296 §1.3), or puts them off (§2.25). */
final class CreateChildResponder {
    /** How long a request may have been on its way, repeated, before we take it for new. */
    private static final Duration CROSSING = Duration.ofSeconds(60);

    private final IkeSa sa;
    private final IkeMessage request;

    private CreateChildResponder(IkeSa sa, IkeMessage request) {
        this.sa = sa;
        this.request = request;
    }

    static List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        boolean rekeysIke = request.first(SaPayload.class)
                .filter(payload -> payload.proposals().getFirst().protocolId() == SecurityProtocol.IKE.id())
                .isPresent();
        if (!sa.state().isUsable()) {
            return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        if (rekeysIke) {
            return RekeyIkeResponder.answer(sa, request, nowNanos);
        }
        return new CreateChildResponder(sa, request).answer(nowNanos);
    }

    private List<Payload> answer(long nowNanos) {
        if (sa.active().filter(RekeyIkeInitiator.class::isInstance).isPresent()) {
            return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        Optional<NotifyPayload> rekeySa = request.notify(NotifyType.REKEY_SA);
        if (rekeySa.isEmpty()) {
            return create(Optional.empty(), nowNanos);
        }
        Optional<ChildSa> old = rekeySa.filter(n -> n.spi().length() == Integer.BYTES)
                .flatMap(n -> sa.children()
                        .bySpiOut(n.spi().u32(0))
                        .filter(child -> child.suite().protocol().id() == n.protocolId()));
        if (old.isEmpty()) {
            // It may be the pair that the peer made at our request, in a response that is still on its way.
            if (sa.active().filter(ChildExchange.class::isInstance).isPresent()) {
                return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
            }
            return List.of(new NotifyPayload(
                    rekeySa.get().protocolId(), rekeySa.get().spi(), NotifyType.CHILD_SA_NOT_FOUND.id(), Bytes.EMPTY));
        }
        if (!old.get().isLive()) {
            return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        return create(old, nowNanos);
    }

    private List<Payload> create(Optional<ChildSa> old, long nowNanos) {
        Optional<NoncePayload> ni = request.first(NoncePayload.class);
        if (ni.isEmpty()) {
            return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        return switch (ChildAnswer.to(sa, request, false, old.map(ChildSa::name))) {
            case ChildAnswer.Refused(NotifyPayload error) -> List.of(error);
            case ChildAnswer.Agreed agreed -> agreed(agreed, ni.get().data(), old, nowNanos);
        };
    }

    private List<Payload> agreed(ChildAnswer.Agreed agreed, Bytes ni, Optional<ChildSa> old, long nowNanos) {
        ChildTerms terms = agreed.terms();
        Optional<ChildExchange> ours = sa.active().flatMap(active -> sameChild(active, terms, old));
        if (ours.filter(ChildExchange::isFollowedUp).isPresent() || (old.isEmpty() && crossed(terms, nowNanos))) {
            sa.context().releaseChildSpi(terms.spiIn());
            return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        Optional<KeyExchangeMethod> method = terms.suite().keyExchange();
        Optional<KeyExchange> keyExchange = Optional.empty();
        Optional<SecretBytes> secret = Optional.empty();
        if (method.isPresent()) {
            Optional<KePayload> ke = request.first(KePayload.class);
            if (ke.isEmpty() || ke.get().method() != method.get().id()) {
                sa.context().releaseChildSpi(terms.spiIn());
                return List.of(NotifyPayload.invalidKe(method.get().id()));
            }
            keyExchange =
                    Optional.of(KeyExchange.generate(method.get(), sa.context().random()));
            try {
                secret = Optional.of(keyExchange.get().agree(ke.get().data().toArray()));
            } catch (InvalidPublicValueException e) {
                sa.context().releaseChildSpi(terms.spiIn());
                return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
            }
        }
        Bytes nr = Bytes.of(sa.context().random().bytes(SaInitInitiator.NONCE_LENGTH));
        ChildTerms.KeyInputs inputs = new ChildTerms.KeyInputs(false, secret, ni, nr);
        List<Payload> payloads = new ArrayList<>(agreed.termsPayloads());
        payloads.add(new NoncePayload(nr));
        keyExchange.ifPresent(ke -> payloads.add(new KePayload(ke.method().id(), Bytes.of(ke.publicValue()))));
        payloads.addAll(agreed.selectors());
        if (terms.suite().additionalKeyExchanges().isEmpty()) {
            install(terms, inputs, old, nowNanos);
            secret.ifPresent(SecretBytes::close);
        } else {
            FollowupResponder followups =
                    new FollowupResponder(terms.suite().additionalKeyExchanges(), old, new Making(terms, inputs, old));
            payloads.add(followups.await(sa, nowNanos));
            ours.ifPresent(exchange -> exchange.rival(followups, Nonces.lower(inputs.ni(), inputs.nr())));
        }
        keyExchange.ifPresent(KeyExchange::close);
        return payloads;
    }

    /** A pair that waits for its additional key exchanges. */
    private final class Making implements FollowupResponder.Making {
        private final ChildTerms terms;
        private final ChildTerms.KeyInputs inputs;
        private final Optional<ChildSa> old;

        Making(ChildTerms terms, ChildTerms.KeyInputs inputs, Optional<ChildSa> old) {
            this.terms = terms;
            this.inputs = inputs;
            this.old = old;
        }

        @Override
        public void finish(IkeSa on, List<SecretBytes> secrets, long nowNanos) {
            install(terms, inputs.with(secrets), old, nowNanos);
            inputs.sharedSecret().ifPresent(SecretBytes::close);
        }

        @Override
        public void abandon(IkeSa on) {
            on.context().releaseChildSpi(terms.spiIn());
            inputs.sharedSecret().ifPresent(SecretBytes::close);
        }
    }

    /** Whether we made the very child just now: the request crossed ours on the way. */
    private boolean crossed(ChildTerms terms, long nowNanos) {
        return sa.children()
                .live(terms.config().name())
                .filter(made -> made.initiator() && nowNanos - made.createdAt() < CROSSING.toNanos())
                .filter(made -> Set.copyOf(made.local()).equals(Set.copyOf(terms.local()))
                        && Set.copyOf(made.remote()).equals(Set.copyOf(terms.remote())))
                .isPresent();
    }

    /** A new child sends at once; one that takes another's place only when the peer is known to have it. */
    private void install(ChildTerms terms, ChildTerms.KeyInputs inputs, Optional<ChildSa> old, long nowNanos) {
        Optional<ChildExchange> ours = sa.active().flatMap(active -> sameChild(active, terms, old));
        boolean sending = old.isEmpty() && sa.owner().mayUse(sa, terms.config().name(), false);
        ChildSa made = terms.install(sa, inputs, old, sending, nowNanos);
        if (ours.isPresent()) {
            made.timers().cancel(ChildTimer.ACTIVATE);
            ours.get().rival(made, Nonces.lower(inputs.ni(), inputs.nr()));
            old.ifPresent(o -> o.mayBeReplacedBy(made));
        } else if (old.isPresent()) {
            Succession.byPeer(sa, old.get(), made, nowNanos);
        }
    }

    /** Our own request for the same child, if it is out. */
    private static Optional<ChildExchange> sameChild(Exchange active, ChildTerms terms, Optional<ChildSa> old) {
        if (active instanceof RekeyChildInitiator rekey
                && old.filter(o -> o == rekey.old()).isPresent()) {
            return Optional.of(rekey);
        }
        if (active instanceof CreateChildInitiator create
                && old.isEmpty()
                && create.child().equals(terms.config().name())) {
            return Optional.of(create);
        }
        return Optional.empty();
    }
}
