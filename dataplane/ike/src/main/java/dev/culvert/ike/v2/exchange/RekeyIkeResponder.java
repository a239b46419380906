package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.keymat.IkeKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers requests to rekey the IKE SA (RFC 7296 §1.3.2). */
final class RekeyIkeResponder {
    private RekeyIkeResponder() {}

    static List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        // RFC 7296 §2.25.2: not while a child SA is being created, rekeyed or closed.
        if (sa.active().filter(Exchange::concernsChildren).isPresent()
                || ours(sa).filter(RekeyIkeInitiator::isFollowedUp).isPresent()) {
            return List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        Optional<SaPayload> offer = request.first(SaPayload.class);
        Optional<KePayload> ke = request.first(KePayload.class);
        Optional<NoncePayload> ni = request.first(NoncePayload.class);
        if (offer.isEmpty() || ke.isEmpty() || ni.isEmpty()) {
            return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        Optional<Proposals.Agreed> agreed = Proposals.select(
                        offer.get(), sa.owner().config().ikeProposals(), SecurityProtocol.IKE)
                .filter(a -> a.spi().length() == Long.BYTES && a.spi().u64(0) != 0);
        if (agreed.isEmpty()) {
            sa.audit(
                    AuditEvent.PROPOSALS_REJECTED,
                    Map.of("peer", sa.path().remote().toString()),
                    "rekeying the IKE SA: the peer's proposals are " + Proposals.print(offer.get()) + ", ours are "
                            + ProposalKeywords.print(sa.owner().config().ikeProposals()));
            return List.of(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN));
        }
        IkeSuite suite = IkeSuite.of(agreed.get().chosen());
        if (ke.get().method() != suite.keyExchange().id()) {
            return List.of(NotifyPayload.invalidKe(suite.keyExchange().id()));
        }
        return accept(sa, agreed.get(), suite, ke.get(), ni.get().data(), nowNanos);
    }

    private static List<Payload> accept(
            IkeSa sa, Proposals.Agreed agreed, IkeSuite suite, KePayload ke, Bytes ni, long nowNanos) {
        Bytes nr = Bytes.of(sa.context().random().bytes(SaInitInitiator.NONCE_LENGTH));
        long localSpi = sa.context().newIkeSpi();
        long remoteSpi = agreed.spi().u64(0);
        KeyExchange.Answer answer;
        try {
            answer = KeyExchange.answer(
                    suite.keyExchange(), ke.data().toArray(), sa.context().random());
        } catch (InvalidPublicValueException e) {
            return List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        List<Payload> payloads = new ArrayList<>();
        payloads.add(Proposals.answer(agreed, Bytes.ofLong(localSpi)));
        payloads.add(new NoncePayload(nr));
        payloads.add(new KePayload(suite.keyExchange().id(), Bytes.of(answer.value())));
        Making making = new Making(suite, answer.secret(), ni, nr, localSpi, remoteSpi);
        if (suite.additionalKeyExchanges().isEmpty()) {
            IkeSa heir = making.heirOf(sa, List.of(), nowNanos);
            CrashToken.of(heir).ifPresent(payloads::add);
        } else {
            FollowupResponder followups =
                    new FollowupResponder(suite.additionalKeyExchanges(), Optional.empty(), making);
            payloads.add(followups.await(sa, nowNanos));
            ours(sa).ifPresent(exchange -> exchange.rival(followups, Nonces.lower(ni, nr)));
        }
        return payloads;
    }

    /** Our own request to rekey the IKE SA, if it is out. */
    private static Optional<RekeyIkeInitiator> ours(IkeSa sa) {
        return sa.active().filter(RekeyIkeInitiator.class::isInstance).map(RekeyIkeInitiator.class::cast);
    }

    /** An heir in the making. */
    private record Making(IkeSuite suite, SecretBytes secret, Bytes ni, Bytes nr, long localSpi, long remoteSpi)
            implements FollowupResponder.Making {
        IkeSa heirOf(IkeSa sa, List<SecretBytes> furtherSecrets, long nowNanos) {
            IkeKeys keys = IkeKeys.rekeyed(
                    suite,
                    sa.keys().prf(),
                    sa.keys().keys().skD(),
                    secret,
                    ni.toArray(),
                    nr.toArray(),
                    furtherSecrets,
                    remoteSpi,
                    localSpi);
            secret.close();
            IkeSa heir = IkeSa.heirOf(
                    sa,
                    false,
                    localSpi,
                    remoteSpi,
                    new SaKeys(suite, keys, false, sa.context().random()),
                    nowNanos);
            Optional<RekeyIkeInitiator> ours = ours(sa);
            if (ours.isPresent()) {
                heir.undecidedHeirOf(sa);
                ours.get().rival(heir, Nonces.lower(ni, nr));
            } else {
                IkeSuccession.byPeer(sa, heir, nowNanos);
            }
            return heir;
        }

        @Override
        public void finish(IkeSa sa, List<SecretBytes> secrets, long nowNanos) {
            heirOf(sa, secrets, nowNanos);
        }

        @Override
        public void abandon(IkeSa sa) {
            secret.close();
        }
    }
}
