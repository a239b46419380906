package dev.culvert.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Choosing one transform of each type from what a peer offers and what is configured (RFC 7296 §2.7, §3.3.6). */
public final class Negotiation {
    private Negotiation() {}

    /**
     * @param offeredIndex which of the peer's proposals was chosen, from 0
     * @param chosen exactly one transform of each type, as it goes into the answer
     */
    public record Selected(int offeredIndex, Proposal chosen) {}

    /**
     * The responder's choice. The configured order decides first, between proposals and between transforms, so that a
     * peer cannot pick the weakest of what both can. Empty means NO_PROPOSAL_CHOSEN.
     *
     * <p>For the child SA of IKE_AUTH take {@code without(KEY_EXCHANGE)} of both sides.
     */
    public static Optional<Selected> select(List<Proposal> offered, List<Proposal> configured) {
        for (Proposal ours : configured) {
            for (int i = 0; i < offered.size(); i++) {
                Optional<Proposal> chosen = match(offered.get(i), ours);
                if (chosen.isPresent()) {
                    return Optional.of(new Selected(i, chosen.get()));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The initiator's check of the answer: one transform of each type, each of them from the proposal we sent (RFC 7296
     * §2.7 has the exchange fail otherwise).
     */
    public static Optional<Proposal> accept(Proposal sent, Proposal answer) {
        for (Transform transform : answer.transforms()) {
            if (answer.transforms().stream()
                            .filter(t -> t.type() == transform.type())
                            .count()
                    != 1) {
                return Optional.empty();
            }
        }
        return match(answer, sent);
    }

    private static Optional<Proposal> match(Proposal offered, Proposal configured) {
        if (offered.protocol() != configured.protocol()) {
            return Optional.empty();
        }
        TreeSet<Integer> types = new TreeSet<>();
        offered.transforms().forEach(t -> types.add(t.type()));
        configured.transforms().forEach(t -> types.add(t.type()));
        List<Transform> chosen = new ArrayList<>();
        for (int type : types) {
            List<Transform> theirs = ofType(offered, type);
            List<Transform> ours = ofType(configured, type);
            Optional<Transform> common = ours.stream()
                    .filter(t -> theirs.contains(t) && !repeatsKeyExchange(t, chosen))
                    .findFirst();
            if (common.isPresent()) {
                chosen.add(common.get());
            } else if (ours.isEmpty()) {
                Optional<Transform> declined = theirs.stream()
                        .filter(t -> declines(t)
                                && t.keyLengthBits() == 0
                                && t.otherAttributes().isEmpty())
                        .findFirst();
                if (declined.isPresent()) {
                    chosen.add(declined.get());
                } else if (type != TransformType.INTEGRITY.id() || !choseAead(chosen)) {
                    return Optional.empty();
                }
            } else if (!theirs.isEmpty() || ours.stream().noneMatch(Negotiation::declines)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Proposal(configured.protocol(), chosen));
    }

    /** RFC 9370 §2.2.1: the key exchanges that are chosen all differ. Types come in order, the first one before. */
    private static boolean repeatsKeyExchange(Transform candidate, List<Transform> chosen) {
        return isKeyExchange(candidate.type())
                && !candidate.isNone()
                && chosen.stream().anyMatch(t -> isKeyExchange(t.type()) && t.id() == candidate.id());
    }

    /** A transform that says the same as none of its type. */
    private static boolean declines(Transform transform) {
        if (!transform.isNone()) {
            return transform.equals(Transform.NO_ESN);
        }
        return transform.is(TransformType.INTEGRITY)
                || transform.is(TransformType.KEY_EXCHANGE)
                || AdditionalKeyExchange.isType(transform.type());
    }

    private static boolean isKeyExchange(int type) {
        return type == TransformType.KEY_EXCHANGE.id() || AdditionalKeyExchange.isType(type);
    }

    /**
     * A peer that mixes both kinds of encryption in one proposal must send its integrity algorithms along; they do not
     * apply to the combined mode that was chosen (RFC 7296 §3.3.3). Encryption is type 1, so it is chosen before.
     */
    private static boolean choseAead(List<Transform> chosen) {
        return chosen.stream()
                .filter(t -> t.is(TransformType.ENCRYPTION))
                .flatMap(t -> EncryptionAlgorithm.byId(t.id()).stream())
                .anyMatch(EncryptionAlgorithm::isAead);
    }

    private static List<Transform> ofType(Proposal proposal, int type) {
        return proposal.transforms().stream().filter(t -> t.type() == type).toList();
    }
}
