package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Negotiation;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Proposals between the SA payload, where they have numbers and SPIs, and negotiation, where they have not. */
final class Proposals {
    /** What was agreed on, with the peer's number and SPI for it. */
    record Agreed(int number, Bytes spi, Proposal chosen) {}

    private Proposals() {}

    /** An SA payload that offers all of them, numbered from 1, each with the same SPI. */
    static SaPayload offer(List<Proposal> proposals, Bytes spi) {
        List<SaProposal> offered = new ArrayList<>();
        for (Proposal proposal : proposals) {
            offered.add(SaProposal.of(offered.size() + 1, spi, proposal));
        }
        return new SaPayload(offered);
    }

    /** An SA payload that answers with one. */
    static SaPayload answer(Agreed agreed, Bytes spi) {
        return new SaPayload(List.of(SaProposal.of(agreed.number(), spi, agreed.chosen())));
    }

    /** The responder's choice (RFC 7296 §2.7); empty means NO_PROPOSAL_CHOSEN. */
    static Optional<Agreed> select(SaPayload offer, List<Proposal> configured, SecurityProtocol protocol) {
        List<SaProposal> usable = offer.proposals().stream()
                .filter(p -> p.protocolId() == protocol.id())
                .toList();
        return Negotiation.select(
                        usable.stream().flatMap(p -> p.proposal().stream()).toList(), configured)
                .map(selected -> {
                    SaProposal offered = usable.get(selected.offeredIndex());
                    return new Agreed(offered.number(), offered.spi(), selected.chosen());
                });
    }

    /** The initiator's check of an answer: exactly one proposal, made from the one of ours that it names. */
    static Optional<Agreed> accept(SaPayload answer, List<Proposal> offered) {
        if (answer.proposals().size() != 1) {
            return Optional.empty();
        }
        SaProposal proposal = answer.proposals().getFirst();
        if (proposal.number() > offered.size()) {
            return Optional.empty();
        }
        Proposal sent = offered.get(proposal.number() - 1);
        return proposal.proposal()
                .flatMap(p -> Negotiation.accept(sent, p))
                .map(chosen -> new Agreed(proposal.number(), proposal.spi(), chosen));
    }

    /** Whether a suite could have been chosen from these. */
    static boolean allows(List<Proposal> configured, IkeSuite suite) {
        return Negotiation.select(List.of(suite.proposal()), configured).isPresent();
    }

    /** For people. */
    static String print(SaPayload payload) {
        return payload.proposals().stream()
                .map(p -> p.proposal().map(ProposalKeywords::print).orElse("protocol " + p.protocolId()))
                .collect(Collectors.joining(", "));
    }
}
