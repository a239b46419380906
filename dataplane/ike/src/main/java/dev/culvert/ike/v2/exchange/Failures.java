package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.sa.ChildSa;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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
                    peer + " answered " + name(notify) + wantedGroup(notify)
                            + ": it accepts none of our IKE proposals " + ProposalKeywords.print(offered)
                            + "; make one of them equal to one of the peer's");
        }
        return notified(notify, peer + " answered " + name(notify) + meaning(notify));
    }

    /** The peer refused a child. */
    static Failure child(NotifyPayload notify, ChildConfig child, List<Proposal> offered) {
        String what = "the peer answered " + name(notify) + " for child '" + child.name() + "'";
        return switch (kindOf(notify)) {
            case NO_PROPOSAL_CHOSEN ->
                notified(
                        notify,
                        what + wantedGroup(notify) + ": it accepts none of our " + child.protocol() + " proposals "
                                + ProposalKeywords.print(offered)
                                + "; make one of them equal to one of the peer's");
            case TS_UNACCEPTABLE ->
                notified(
                        notify,
                        what + ": it does not accept our traffic selectors " + selectors(child)
                                + "; the peer's have to be their mirror image");
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

    /**
     * The peer refused to rekey a child that it had accepted in IKE_AUTH, where no key exchange is negotiated for it (RFC
     * 7296 §1.2): then it is the key exchange, perfect forward secrecy, that differs.
     */
    static Failure atFirstRekey(Failure refusal, ChildSa child, List<Proposal> offered) {
        if (refusal.kind() != FailureKind.NO_PROPOSAL_CHOSEN
                || child.suite().keyExchange().isPresent()) {
            return refusal;
        }
        return new Failure(
                refusal.kind(),
                refusal.notifyName(),
                refusal.message() + ". It was up until now because the first child SA needs no key exchange of its own;"
                        + " for rekeying we offer " + groups(offered)
                        + ", so the peer wants another one or none: make perfect forward secrecy (the key exchange in"
                        + " the child's proposals) the same on both sides");
    }

    /** The key exchanges of proposals, for people. */
    static String groups(List<Proposal> proposals) {
        String groups = proposals.stream()
                .map(Proposal::keyExchangeMethods)
                .flatMap(List::stream)
                .distinct()
                .map(KeyExchangeMethod::keyword)
                .collect(Collectors.joining(", "));
        return groups.isEmpty() ? "no key exchange" : "key exchange " + groups;
    }

    /** The group that INVALID_KE_PAYLOAD names (RFC 7296 §1.2). */
    private static String wantedGroup(NotifyPayload notify) {
        if (!notify.is(NotifyType.INVALID_KE_PAYLOAD) || notify.data().length() != 2) {
            return "";
        }
        int id = notify.data().u16(0);
        return " and wants key exchange "
                + KeyExchangeMethod.byId(id).map(KeyExchangeMethod::keyword).orElse(Integer.toString(id));
    }

    /** Our post-quantum pre-shared key is required, and the peer does not say USE_PPK. */
    static Failure withoutPpk(String peer) {
        return new Failure(
                FailureKind.AUTHENTICATION_FAILED,
                Optional.empty(),
                peer + " has no post-quantum pre-shared key for us, which the tunnel requires");
    }

    /** Our IKE SAs begin without a child SA, and the peer does not say CHILDLESS_IKEV2_SUPPORTED. */
    static Failure withChildOnly(String peer) {
        return new Failure(
                FailureKind.REFUSED_BY_PEER,
                Optional.empty(),
                peer + " does not begin an IKE SA without child SA, which the tunnel demands (childless: Force)");
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
