package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.Proposal;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.message.Attribute;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The SA payload of phase 1: one proposal, whose transforms are the choices (RFC 2409 §5). What IKEv1 has no number for,
 * such as combined modes, is passed over in configured proposals.
 */
public final class Phase1Proposals {
    private static final int KEY_IKE = 1;
    private static final int MAX_TRANSFORMS = 255;

    private Phase1Proposals() {}

    /**
     * The responder's choice.
     *
     * @param answer the chosen transform as it was offered, which is how it has to come back (RFC 2408 §4.2)
     */
    public record Agreed(Phase1Terms terms, SaPayload answer) {}

    /**
     * An offer.
     *
     * @param lifetime what does not fit the peer's ideas is no reason to refuse it
     * @throws IllegalArgumentException if IKEv1 can express none of the proposals
     */
    public static SaPayload offer(List<Proposal> configured, AuthenticationMethod method, Lifetime lifetime) {
        List<TransformPayload> transforms = new ArrayList<>();
        for (Phase1Choice choice : Phase1Choice.all(configured, method).keySet()) {
            if (transforms.size() < MAX_TRANSFORMS) {
                List<Attribute> attributes = choice.attributes();
                attributes.addAll(lifetime.attributes(Lifetime.Numbering.PHASE_1));
                transforms.add(new TransformPayload(transforms.size() + 1, KEY_IKE, attributes));
            }
        }
        if (transforms.isEmpty()) {
            throw new IllegalArgumentException("nothing that IKEv1 could propose in " + configured);
        }
        return new SaPayload(List.of(new ProposalPayload(1, ProtocolId.ISAKMP, Bytes.EMPTY, transforms)));
    }

    /**
     * The responder's choice; the configured order decides. Empty means NO-PROPOSAL-CHOSEN, for which {@link #describe}
     * has words.
     */
    public static Optional<Agreed> select(SaPayload offer, List<Proposal> configured, AuthenticationMethod method) {
        record Offered(ProposalPayload proposal, TransformPayload transform) {}
        Map<Phase1Choice, Offered> theirs = new HashMap<>();
        for (ProposalPayload proposal : offer.proposals()) {
            if (proposal.protocolId() == ProtocolId.ISAKMP) {
                for (TransformPayload transform : proposal.transforms()) {
                    choice(transform).ifPresent(c -> theirs.putIfAbsent(c, new Offered(proposal, transform)));
                }
            }
        }
        for (Map.Entry<Phase1Choice, IkeSuite> ours :
                Phase1Choice.all(configured, method).entrySet()) {
            Offered offered = theirs.get(ours.getKey());
            if (offered != null) {
                return Optional.of(new Agreed(
                        terms(ours.getValue(), method, offered.transform()),
                        answer(offered.proposal(), offered.transform())));
            }
        }
        return Optional.empty();
    }

    private static SaPayload answer(ProposalPayload proposal, TransformPayload transform) {
        return new SaPayload(List.of(
                new ProposalPayload(proposal.number(), proposal.protocolId(), proposal.spi(), List.of(transform))));
    }

    /**
     * The initiator's check of an answer: one proposal with one transform, which is one of those that were offered. That
     * its number or its lifetime is another one is no harm.
     */
    public static Optional<Phase1Terms> accept(
            SaPayload answer, List<Proposal> configured, AuthenticationMethod method) {
        ProposalPayload proposal = answer.proposals().getFirst();
        if (answer.proposals().size() != 1
                || proposal.protocolId() != ProtocolId.ISAKMP
                || proposal.transforms().size() != 1) {
            return Optional.empty();
        }
        TransformPayload transform = proposal.transforms().getFirst();
        Map<Phase1Choice, IkeSuite> ours = Phase1Choice.all(configured, method);
        return choice(transform)
                .flatMap(choice -> Optional.ofNullable(ours.get(choice)))
                .map(suite -> terms(suite, method, transform));
    }

    private static Optional<Phase1Choice> choice(TransformPayload transform) {
        return transform.transformId() == KEY_IKE ? Phase1Choice.of(transform) : Optional.empty();
    }

    private static Phase1Terms terms(IkeSuite suite, AuthenticationMethod method, TransformPayload transform) {
        return new Phase1Terms(suite, method, Lifetime.of(transform.attributes(), Lifetime.Numbering.PHASE_1));
    }

    /** The authentication methods that an offer names, known ones and others, without repetition. */
    public static List<Integer> methods(SaPayload offer) {
        return offer.proposals().stream()
                .flatMap(proposal -> proposal.transforms().stream())
                .flatMap(transform -> transform.attribute(Phase1Choice.METHOD).stream())
                .flatMapToLong(attribute -> attribute.number().stream())
                .distinct()
                .mapToObj(Math::toIntExact)
                .toList();
    }

    /** An offer for people: {@code aes256-sha256-modp2048 (pre-shared key, 28800 s), …}. */
    public static String describe(SaPayload offer) {
        return Description.of(offer, Description::phase1);
    }

    /** What is configured, as {@link #describe(SaPayload)} would say it. */
    public static String describe(List<Proposal> configured, AuthenticationMethod method, Lifetime lifetime) {
        return describe(offer(configured, method, lifetime));
    }
}
