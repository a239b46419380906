package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import java.util.List;
import java.util.Optional;

/** Failures in words: the notify, what it means, and what of ours it refers to. */
final class Failures {
    private Failures() {}

    static FailureKind kindOf(NotifyPayload notify) {
        return notify.type()
                .map(type -> switch (type) {
                    case NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD -> FailureKind.NO_PROPOSAL_CHOSEN;
                    case AUTHENTICATION_FAILED -> FailureKind.AUTHENTICATION_FAILED;
                    case TS_UNACCEPTABLE, SINGLE_PAIR_REQUIRED -> FailureKind.TS_UNACCEPTABLE;
                    case INVALID_SYNTAX,
                            INVALID_MAJOR_VERSION,
                            INVALID_MESSAGE_ID,
                            INVALID_IKE_SPI,
                            UNSUPPORTED_CRITICAL_PAYLOAD -> FailureKind.PROTOCOL_ERROR;
                    default -> FailureKind.REFUSED_BY_PEER;
                })
                .orElse(FailureKind.REFUSED_BY_PEER);
    }

    static String name(NotifyPayload notify) {
        return NotifyType.nameOf(notify.notifyTypeId());
    }

    /** The peer's notify, and what else is to be said. */
    static Failure notified(NotifyPayload notify, String message) {
        return new Failure(kindOf(notify), Optional.of(name(notify)), message);
    }

    /** The peer refused the whole IKE SA. */
    static Failure ike(NotifyPayload notify, String peer, List<Proposal> offered) {
        if (kindOf(notify) == FailureKind.NO_PROPOSAL_CHOSEN) {
            return notified(
                    notify,
                    peer + " answered " + name(notify) + ": it accepts none of our IKE proposals "
                            + ProposalKeywords.print(offered));
        }
        return notified(notify, peer + " answered " + name(notify) + meaning(notify));
    }

    /** The peer refused a child. */
    static Failure child(NotifyPayload notify, ChildConfig child, List<Proposal> offered) {
        String what = "the peer answered " + name(notify) + " for child '" + child.name() + "'";
        return switch (kindOf(notify)) {
            case NO_PROPOSAL_CHOSEN ->
                notified(notify, what + ": it accepts none of our ESP proposals " + ProposalKeywords.print(offered));
            case TS_UNACCEPTABLE ->
                notified(notify, what + ": it does not accept our traffic selectors " + selectors(child));
            default -> notified(notify, what + meaning(notify));
        };
    }

    /** We cannot prove who we are in a way that the peer takes. */
    static Failure noSignature(TunnelConfig config) {
        return new Failure(
                FailureKind.AUTHENTICATION_FAILED,
                Optional.empty(),
                "the peer takes no signature that the key of our certificate for " + config.local()
                        + " can make: it does not support RFC 7427 or none of the key's hash functions");
    }

    /** What we authenticate with, in words. */
    static String credential(TunnelConfig config) {
        return switch (config.auth().local()) {
            case AuthConfig.Local.PreSharedKey psk -> "pre-shared key";
            case AuthConfig.Local.Certificate certificate -> "certificate";
        };
    }

    static Failure protocol(String message) {
        return new Failure(FailureKind.PROTOCOL_ERROR, Optional.empty(), message);
    }

    static String selectors(ChildConfig child) {
        return "local " + Selectors.print(child.localSelectors()) + ", remote "
                + Selectors.print(child.remoteSelectors());
    }

    private static String meaning(NotifyPayload notify) {
        return notify.type().map(type -> ": " + type.meaning()).orElse("");
    }
}
