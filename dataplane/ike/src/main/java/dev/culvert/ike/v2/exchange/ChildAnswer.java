package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.Negotiation;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.ike.message.TsiPayload;
import dev.culvert.ike.message.TsrPayload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The responder's side of a child SA's terms, the same in IKE_AUTH and CREATE_CHILD_SA (RFC 7296 §1.2, §1.3.1). */
sealed interface ChildAnswer {
    /**
     * Both sides agree.
     *
     * @param agreed the peer's proposal, for the answer
     * @param tsi the initiator's selectors as it will see them
     * @param tsr our selectors as the initiator will see them
     */
    record Agreed(ChildTerms terms, Proposals.Agreed agreed, List<TrafficSelector> tsi, List<TrafficSelector> tsr)
            implements ChildAnswer {
        /** [N(USE_TRANSPORT_MODE)], SA. */
        List<Payload> termsPayloads() {
            List<Payload> payloads = new ArrayList<>();
            if (terms.mode() == IpsecMode.TRANSPORT) {
                payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
            }
            payloads.add(Proposals.answer(agreed, Bytes.ofInt(terms.spiIn())));
            return payloads;
        }

        /** TSi, TSr, as narrowed. */
        List<Payload> selectors() {
            return List.of(TsPayload.initiator(tsi), TsPayload.responder(tsr));
        }
    }

    /** No child SA. */
    record Refused(NotifyPayload error) implements ChildAnswer {}

    /** A configured child and what it has in common with the request. */
    record Match(ChildConfig config, TransportNat nat, List<TrafficSelector> local, List<TrafficSelector> remote) {}

    /**
     * Judges a request for a child SA.
     *
     * @param inAuth without key exchange, as in IKE_AUTH
     * @param rekeyed the child's name when it is rekeyed: no other will do
     */
    static ChildAnswer to(IkeSa sa, IkeMessage request, boolean inAuth, Optional<String> rekeyed) {
        Optional<SaPayload> offer = request.first(SaPayload.class);
        Optional<TsiPayload> tsi = request.first(TsiPayload.class);
        Optional<TsrPayload> tsr = request.first(TsrPayload.class);
        if (offer.isEmpty() || tsi.isEmpty() || tsr.isEmpty()) {
            return new Refused(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        List<ChildConfig> candidates = sa.owner().config().children().stream()
                .filter(c -> rekeyed.map(c.name()::equals).orElse(true))
                .toList();
        boolean wantsTransport = request.has(NotifyType.USE_TRANSPORT_MODE);
        Optional<Match> match = match(sa, tsi.get().selectors(), tsr.get().selectors(), wantsTransport, candidates);
        if (match.isEmpty()) {
            return noSelectors(sa, tsi.get(), tsr.get(), candidates);
        }
        ChildConfig config = match.get().config();
        List<Proposal> configured = inAuth
                ? config.proposals().stream().map(Proposal::withoutKeyExchanges).toList()
                : config.proposals();
        Optional<Proposals.Agreed> agreed = Proposals.select(offer.get(), configured, config.protocol());
        Optional<Failure> nat = NatRefusal.of(sa, config);
        if (nat.isPresent()) {
            return refused(
                    sa, List.of(config), NotifyType.NO_PROPOSAL_CHOSEN, AuditEvent.PROPOSALS_REJECTED, nat.get());
        }
        if (agreed.isEmpty() || unsuitable(sa, agreed.get().spi().u32(0))) {
            return noProposal(sa, offer.get(), config, configured);
        }
        boolean transport = wantsTransport && config.mode() == IpsecMode.TRANSPORT;
        return new Agreed(
                new ChildTerms(
                        config,
                        sa.context().newChildSpi(),
                        agreed.get().spi().u32(0),
                        ChildSuite.of(agreed.get().chosen()),
                        transport ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL,
                        match.get().local(),
                        match.get().remote()),
                agreed.get(),
                match.get().nat().remoteAnswer(match.get().remote(), tsi.get().selectors()),
                match.get().nat().localAnswer(match.get().local(), tsr.get().selectors()));
    }

    /** The child that fits best: the same selectors before others, one that is not up before one that is. */
    private static Optional<Match> match(
            IkeSa sa,
            List<TrafficSelector> tsi,
            List<TrafficSelector> tsr,
            boolean wantsTransport,
            List<ChildConfig> candidates) {
        Match best = null;
        int bestScore = -1;
        for (ChildConfig config : candidates) {
            TransportNat nat = TransportNat.of(sa, wantsTransport && config.mode() == IpsecMode.TRANSPORT);
            List<TrafficSelector> remote = Selectors.narrow(nat.remote(tsi), config.remoteSelectors());
            List<TrafficSelector> local = Selectors.narrow(nat.local(tsr), config.localSelectors());
            if (remote.isEmpty() || local.isEmpty()) {
                continue;
            }
            boolean same = remote.equals(config.remoteSelectors()) && local.equals(config.localSelectors());
            boolean up = sa.children().live(config.name()).isPresent();
            int score = (same ? 2 : 0) + (up ? 0 : 1);
            if (score > bestScore) {
                best = new Match(config, nat, local, remote);
                bestScore = score;
            }
        }
        return Optional.ofNullable(best);
    }

    /** An SPI below 256 is reserved (RFC 4303 §2.1); one that is in use on this IKE SA could not be deleted apart. */
    private static boolean unsuitable(IkeSa sa, int spiOut) {
        return Integer.compareUnsigned(spiOut, 256) < 0
                || sa.children().bySpiOut(spiOut).isPresent();
    }

    private static Refused noSelectors(IkeSa sa, TsPayload tsi, TsPayload tsr, List<ChildConfig> candidates) {
        StringBuilder ours = new StringBuilder();
        candidates.forEach(c -> ours.append(ours.isEmpty() ? "" : "; ")
                .append(c.name())
                .append(": ")
                .append(Failures.selectors(c)));
        String message = "the peer asked for a child SA with local " + Selectors.print(tsr.selectors()) + ", remote "
                + Selectors.print(tsi.selectors()) + ", which is outside of ours: " + ours;
        return refused(
                sa,
                candidates,
                NotifyType.TS_UNACCEPTABLE,
                AuditEvent.SELECTORS_REJECTED,
                new Failure(FailureKind.TS_UNACCEPTABLE, Optional.of(NotifyType.TS_UNACCEPTABLE.name()), message));
    }

    private static Refused noProposal(IkeSa sa, SaPayload offer, ChildConfig config, List<Proposal> configured) {
        String message = "the peer's " + config.protocol() + " proposals for child '" + config.name() + "' are "
                + Proposals.print(offer) + ", ours are " + ProposalKeywords.print(configured)
                + onlyGroups(offer, configured);
        return refused(
                sa,
                List.of(config),
                NotifyType.NO_PROPOSAL_CHOSEN,
                AuditEvent.PROPOSALS_REJECTED,
                new Failure(
                        FailureKind.NO_PROPOSAL_CHOSEN, Optional.of(NotifyType.NO_PROPOSAL_CHOSEN.name()), message));
    }

    /** Whether it is only the key exchange that differs: the usual reason why a child that was up is not rekeyed. */
    private static String onlyGroups(SaPayload offer, List<Proposal> configured) {
        List<Proposal> offered = offer.proposals().stream()
                .flatMap(p -> p.proposal().stream())
                .filter(p -> p.protocol() == configured.getFirst().protocol())
                .toList();
        boolean otherwiseEqual = Negotiation.select(withoutGroups(offered), withoutGroups(configured))
                .isPresent();
        return otherwiseEqual
                ? ": they differ in perfect forward secrecy only, the peer offers " + Failures.groups(offered)
                        + " and we " + Failures.groups(configured)
                : "";
    }

    private static List<Proposal> withoutGroups(List<Proposal> proposals) {
        return proposals.stream().map(Proposal::withoutKeyExchanges).toList();
    }

    private static Refused refused(
            IkeSa sa, List<ChildConfig> candidates, NotifyType notify, AuditEvent event, Failure failure) {
        sa.audit(event, Map.of("peer", sa.path().remote().toString(), "notify", notify.name()), failure.message());
        for (ChildConfig config : candidates) {
            sa.owner().childRejected(sa, config.name(), failure);
        }
        return new Refused(NotifyPayload.of(notify));
    }
}
