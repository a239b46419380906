package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What goes wrong with quick modes, in words: the notify, what it means, and what of both sides it refers to. */
final class QuickFailures {
    private QuickFailures() {}

    /** The peer refused. */
    static Failure refused(NotifyPayload notify, ChildConfig child, SaPayload offer) {
        String what =
                "the peer answered " + NotifyType.nameOf(notify.notifyTypeId()) + " for child '" + child.name() + "'";
        return switch (kind(notify)) {
            case NO_PROPOSAL_CHOSEN ->
                told(
                        notify,
                        what + ": it accepts none of our proposals " + Phase2Proposals.describe(offer)
                                + "; make one of them equal to one of the peer's");
            case TS_UNACCEPTABLE ->
                told(
                        notify,
                        what + ": it does not accept our traffic selectors " + Ends.of(child)
                                + "; the peer's have to be their mirror image");
            default ->
                told(
                        notify,
                        what + notify.type().map(type -> ": " + type.meaning()).orElse(""));
        };
    }

    private static FailureKind kind(NotifyPayload notify) {
        return notify.type()
                .map(type -> switch (type) {
                    case NO_PROPOSAL_CHOSEN,
                            INVALID_TRANSFORM_ID,
                            INVALID_PROTOCOL_ID,
                            ATTRIBUTES_NOT_SUPPORTED,
                            INVALID_KEY_INFORMATION -> FailureKind.NO_PROPOSAL_CHOSEN;
                    case INVALID_ID_INFORMATION -> FailureKind.TS_UNACCEPTABLE;
                    case PAYLOAD_MALFORMED,
                            BAD_PROPOSAL_SYNTAX,
                            INVALID_PAYLOAD_TYPE,
                            INVALID_HASH_INFORMATION,
                            UNEQUAL_PAYLOAD_LENGTHS -> FailureKind.PROTOCOL_ERROR;
                    default -> FailureKind.REFUSED_BY_PEER;
                })
                .orElse(FailureKind.REFUSED_BY_PEER);
    }

    private static Failure told(NotifyPayload notify, String message) {
        return new Failure(kind(notify), Optional.of(NotifyType.nameOf(notify.notifyTypeId())), message);
    }

    /** The peer's answer is not one of our offers. */
    static Failure badAnswer(V1Message message, ChildConfig child, SaPayload offer) {
        String theirs =
                message.first(SaPayload.class).map(Phase2Proposals::describe).orElse("nothing");
        return new Failure(
                FailureKind.NO_PROPOSAL_CHOSEN,
                Optional.of(NotifyType.NO_PROPOSAL_CHOSEN.notation()),
                "the peer chose " + theirs + " for child '" + child.name() + "', which is none of our proposals "
                        + Phase2Proposals.describe(offer));
    }

    static Failure badKeyExchange(ChildConfig child) {
        return new Failure(
                FailureKind.PROTOCOL_ERROR,
                Optional.of(NotifyType.INVALID_KEY_INFORMATION.notation()),
                "the peer's key exchange for child '" + child.name() + "' is missing or wrong");
    }

    /** The peer's answer is for other traffic than what we asked for. */
    static Failure otherEnds(Optional<Ends> ends, ChildConfig child) {
        return new Failure(
                FailureKind.TS_UNACCEPTABLE,
                Optional.of(NotifyType.INVALID_ID_INFORMATION.notation()),
                "the peer answered for child '" + child.name() + "' with "
                        + ends.map(Ends::toString).orElse("identities that name no traffic") + ", we asked for "
                        + Ends.of(child) + ": both sides have to have the same");
    }

    static Failure unanswered(ChildConfig child, IsakmpSa sa) {
        return new Failure(
                FailureKind.PEER_UNREACHABLE,
                Optional.empty(),
                sa.path().remote() + " did not answer for child '" + child.name() + "'");
    }

    /** The peer asks for traffic that no child is for. */
    static Failure noSuchChild(Optional<Ends> ends, V1Message message, List<WantedChild> children) {
        String theirs = ends.map(Ends::toString)
                .orElseGet(() -> "the identities "
                        + message.all(IdPayload.class).stream()
                                .map(id -> "of type " + id.idType())
                                .collect(Collectors.joining(", ")));
        String ours = children.stream()
                .map(child -> child.name() + ": " + Ends.of(child.config()))
                .collect(Collectors.joining("; "));
        return new Failure(
                FailureKind.TS_UNACCEPTABLE,
                Optional.of(NotifyType.INVALID_ID_INFORMATION.notation()),
                "the peer asked for a child SA with " + theirs + ", which is none of ours: " + ours
                        + "; with IKEv1 both sides have to have the same");
    }

    /** The peer offers nothing that we take. */
    static Failure noProposal(SaPayload offer, ChildConfig child, EncapsulationMode mode, boolean keyExchanged) {
        return new Failure(
                FailureKind.NO_PROPOSAL_CHOSEN,
                Optional.of(NotifyType.NO_PROPOSAL_CHOSEN.notation()),
                "the peer's proposals for child '" + child.name() + "', with" + (keyExchanged ? "" : "out")
                        + " a key exchange, are " + Phase2Proposals.describe(offer) + ", ours are "
                        + ProposalKeywords.print(child.proposals()) + " in mode "
                        + mode.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
}
