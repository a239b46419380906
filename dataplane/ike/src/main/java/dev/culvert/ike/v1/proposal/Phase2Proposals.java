package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The SA payload of phase 2: a proposal of ESP or AH for each one that is configured, whose transforms are the choices (RFC
 * 2409 §5.5). Bundles of several protocols, proposals with the same number, are not made and not accepted.
 */
public final class Phase2Proposals {
    private static final int MAX_TRANSFORMS = 255;
    /** SPIs below this are reserved (RFC 4302 §2.4, RFC 4303 §2.1). */
    private static final int RESERVED_SPIS = 256;

    private Phase2Proposals() {}

    /**
     * The responder's choice.
     *
     * @param answer the chosen transform as it was offered, which is how it has to come back (RFC 2408 §4.2), with our SPI
     */
    public record Agreed(Phase2Terms terms, SaPayload answer) {}

    /**
     * The group of an offer, empty for one without PFS. There is one KE payload, so all transforms have the same (RFC 2409
     * §5.5): the first of the first proposal.
     */
    public static Optional<KeyExchangeMethod> group(List<Proposal> configured) {
        return configured.stream()
                .flatMap(proposal -> Phase2Choice.groups(proposal).stream())
                .findFirst()
                .flatMap(group -> group);
    }

    /**
     * An offer of what the proposals allow with a group.
     *
     * @param group {@link #group}, or another one that is configured
     * @param spi ours, for what comes in
     * @throws IllegalArgumentException if IKEv1 can express none of the proposals with that group
     */
    public static SaPayload offer(
            List<Proposal> configured,
            Optional<KeyExchangeMethod> group,
            EncapsulationMode mode,
            Lifetime lifetime,
            int spi) {
        int groupNumber = group.map(KeyExchangeMethod::id).orElse(Numbers.NONE);
        List<ProposalPayload> proposals = new ArrayList<>();
        for (Proposal proposal : configured) {
            List<TransformPayload> transforms = new ArrayList<>();
            for (Phase2Choice choice : Phase2Choice.all(proposal).keySet()) {
                if (choice.group() == groupNumber && transforms.size() < MAX_TRANSFORMS) {
                    List<Attribute> attributes = choice.attributes(mode);
                    attributes.addAll(lifetime.attributes(Lifetime.Numbering.PHASE_2));
                    transforms.add(new TransformPayload(transforms.size() + 1, choice.transformId(), attributes));
                }
            }
            if (!transforms.isEmpty()) {
                proposals.add(new ProposalPayload(
                        proposals.size() + 1, proposal.protocol().id(), Bytes.ofInt(spi), transforms));
            }
        }
        if (proposals.isEmpty()) {
            throw new IllegalArgumentException("nothing that IKEv1 could propose in " + configured);
        }
        return new SaPayload(proposals);
    }

    /**
     * The responder's choice; the configured order decides. Empty means NO-PROPOSAL-CHOSEN, for which {@link #describe}
     * has words.
     *
     * @param modes which are accepted; an offer that says none means tunnel mode
     * @param keyExchanged whether a KE payload came along: with one nothing is chosen without PFS, and the reverse
     * @param spi ours, for what comes in
     */
    public static Optional<Agreed> select(
            SaPayload offer, List<Proposal> configured, Set<EncapsulationMode> modes, boolean keyExchanged, int spi) {
        Map<Phase2Choice, ChildSuite> ours = Phase2Choice.all(configured);
        Map<ChildSuite, Agreed> possible = new HashMap<>();
        for (ProposalPayload proposal : offer.proposals()) {
            if (isBundled(proposal, offer)) {
                continue;
            }
            for (TransformPayload transform : proposal.transforms()) {
                terms(proposal, transform, ours, modes)
                        .filter(terms -> terms.suite().keyExchange().isPresent() == keyExchanged)
                        .ifPresent(terms -> possible.putIfAbsent(
                                terms.suite(), new Agreed(terms, answer(proposal, transform, spi))));
            }
        }
        return ours.values().stream().filter(possible::containsKey).findFirst().map(possible::get);
    }

    private static SaPayload answer(ProposalPayload proposal, TransformPayload transform, int spi) {
        return new SaPayload(List.of(
                new ProposalPayload(proposal.number(), proposal.protocolId(), Bytes.ofInt(spi), List.of(transform))));
    }

    private static boolean isBundled(ProposalPayload proposal, SaPayload offer) {
        return offer.proposals().stream()
                        .filter(other -> other.number() == proposal.number())
                        .count()
                > 1;
    }

    /**
     * The initiator's check of an answer: one proposal with one transform, which is one of those that were offered. That
     * its number or its lifetime is another one is no harm.
     *
     * @param group what was offered
     * @param mode what was offered
     */
    public static Optional<Phase2Terms> accept(
            SaPayload answer, List<Proposal> configured, Optional<KeyExchangeMethod> group, EncapsulationMode mode) {
        ProposalPayload proposal = answer.proposals().getFirst();
        if (answer.proposals().size() != 1 || proposal.transforms().size() != 1) {
            return Optional.empty();
        }
        return terms(proposal, proposal.transforms().getFirst(), Phase2Choice.all(configured), Set.of(mode))
                .filter(terms -> terms.suite().keyExchange().equals(group));
    }

    private static Optional<Phase2Terms> terms(
            ProposalPayload proposal,
            TransformPayload transform,
            Map<Phase2Choice, ChildSuite> ours,
            Set<EncapsulationMode> modes) {
        Phase2Choice.Read read =
                Phase2Choice.of(proposal.protocolId(), transform).orElse(null);
        ChildSuite suite = read == null ? null : ours.get(read.choice());
        if (read == null
                || suite == null
                || Integer.compareUnsigned(proposal.spi().u32(0), RESERVED_SPIS) < 0) {
            return Optional.empty();
        }
        Optional<EncapsulationMode> mode =
                read.mode() == 0 ? Optional.of(EncapsulationMode.TUNNEL) : EncapsulationMode.byId(read.mode());
        return mode.filter(modes::contains)
                .map(known -> new Phase2Terms(
                        suite,
                        known,
                        Lifetime.of(transform.attributes(), Lifetime.Numbering.PHASE_2),
                        proposal.spi().u32(0)));
    }

    /** An offer for people: {@code ESP aes256-sha256-modp2048 (tunnel, 3600 s), …}. */
    public static String describe(SaPayload offer) {
        return Description.of(offer, Description::phase2);
    }
}
