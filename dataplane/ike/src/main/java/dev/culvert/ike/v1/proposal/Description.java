package dev.culvert.ike.v1.proposal;

import dev.culvert.crypto.EncryptionAlgorithm;
import dev.culvert.crypto.IntegrityAlgorithm;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.message.ProposalPayload;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.TransformPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** An SA payload in words, for messages to people: keywords where there are some, numbers otherwise; of bounded length. */
final class Description {
    private static final int MAX_SHOWN = 24;

    private Description() {}

    static String of(SaPayload offer, BiFunction<ProposalPayload, TransformPayload, String> words) {
        List<String> shown = new ArrayList<>();
        int all = 0;
        for (ProposalPayload proposal : offer.proposals()) {
            for (TransformPayload transform : proposal.transforms()) {
                if (all++ < MAX_SHOWN) {
                    shown.add(words.apply(proposal, transform));
                }
            }
        }
        if (all == 0) {
            return "nothing";
        }
        return String.join(", ", shown) + (all > MAX_SHOWN ? " and " + (all - MAX_SHOWN) + " more" : "");
    }

    static String phase1(ProposalPayload proposal, TransformPayload transform) {
        int encryption = number(transform, Phase1Choice.ENCRYPTION);
        int keyLength = number(transform, Phase1Choice.KEY_LENGTH);
        int hash = number(transform, Phase1Choice.HASH);
        int method = number(transform, Phase1Choice.METHOD);
        String prf =
                transform.attribute(Phase1Choice.PRF).isPresent() ? "-prf " + number(transform, Phase1Choice.PRF) : "";
        return Numbers.phase1Encryption(encryption)
                        .map(algorithm -> keyword(algorithm, keyLength))
                        .orElseGet(() -> phase1Cipher(encryption) + (keyLength == 0 ? "" : keyLength))
                + "-"
                + Numbers.phase1Hash(hash).map(IntegrityAlgorithm::keyword).orElseGet(() -> hash(hash))
                + prf
                + "-"
                + group(number(transform, Phase1Choice.GROUP))
                + " ("
                + AuthenticationMethod.byId(method)
                        .map(AuthenticationMethod::describe)
                        .orElse("authentication method " + method)
                + lifetime(transform, Lifetime.Numbering.PHASE_1)
                + ")";
    }

    static String phase2(ProposalPayload proposal, TransformPayload transform) {
        int keyLength = number(transform, Phase2Choice.KEY_LENGTH);
        int authentication = number(transform, Phase2Choice.AUTHENTICATION);
        int group = number(transform, Phase2Choice.GROUP);
        int mode = number(transform, Phase2Choice.MODE);
        List<String> algorithms = new ArrayList<>();
        if (proposal.protocolId() != ProtocolId.AH) {
            int id = transform.transformId();
            algorithms.add(
                    proposal.protocolId() == ProtocolId.ESP
                            ? Numbers.esp(id)
                                    .map(algorithm -> keyword(algorithm, keyLength))
                                    .orElseGet(() -> espCipher(id) + (keyLength == 0 ? "" : keyLength))
                            : "transform " + id);
        }
        if (authentication != Numbers.NONE) {
            algorithms.add(Numbers.authentication(authentication)
                    .map(IntegrityAlgorithm::keyword)
                    .orElseGet(() -> authentication == 1 ? "md5" : "authentication " + authentication));
        }
        if (group != Numbers.NONE) {
            algorithms.add(group(group));
        }
        if (number(transform, Phase2Choice.EXTENDED_SEQUENCE_NUMBERS) != 0) {
            algorithms.add("esn");
        }
        return protocol(proposal.protocolId()) + " " + String.join("-", algorithms) + " ("
                + EncapsulationMode.byId(mode)
                        .map(known -> known.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .orElse(mode == 0 ? "no mode" : "mode " + mode)
                + lifetime(transform, Lifetime.Numbering.PHASE_2)
                + ")";
    }

    private static String keyword(EncryptionAlgorithm algorithm, int keyLength) {
        if (!algorithm.hasKeyLengthAttribute() || keyLength != 0) {
            return algorithm.keyword(keyLength);
        }
        return algorithm.keyword(0).replaceFirst("0", "") + " without key length";
    }

    private static String protocol(int id) {
        return switch (id) {
            case ProtocolId.ISAKMP -> "ISAKMP";
            case ProtocolId.AH -> "AH";
            case ProtocolId.ESP -> "ESP";
            case ProtocolId.IPCOMP -> "IPCOMP";
            default -> "protocol " + id;
        };
    }

    /** What nobody should use any more, but some offer. */
    private static String phase1Cipher(int number) {
        return switch (number) {
            case 1 -> "des";
            case 2 -> "idea";
            case 3 -> "blowfish";
            case 4 -> "rc5";
            case 6 -> "cast";
            case 8 -> "camellia";
            default -> number == 0 ? "no encryption" : "encryption " + number;
        };
    }

    private static String espCipher(int number) {
        return switch (number) {
            case 2 -> "des";
            case 4 -> "rc5";
            case 5 -> "idea";
            case 6 -> "cast";
            case 7 -> "blowfish";
            case 22 -> "camellia";
            default -> "encryption " + number;
        };
    }

    private static String hash(int number) {
        return switch (number) {
            case 0 -> "no hash";
            case 1 -> "md5";
            case 3 -> "tiger";
            default -> "hash " + number;
        };
    }

    private static String group(int number) {
        return switch (number) {
            case 0 -> "no group";
            case 1 -> "modp768";
            default ->
                KeyExchangeMethod.byId(number).map(KeyExchangeMethod::keyword).orElse("group " + number);
        };
    }

    private static String lifetime(TransformPayload transform, Lifetime.Numbering numbering) {
        Lifetime lifetime = Lifetime.of(transform.attributes(), numbering);
        return lifetime.isUnsaid() ? "" : ", " + lifetime;
    }

    /** The attribute's value, 0 if it has none that could be a number here. */
    private static int number(TransformPayload transform, int type) {
        return (int) Optional.of(transform)
                .flatMap(t -> t.attribute(type))
                .flatMap(attribute -> attribute.number().isPresent()
                        ? Optional.of(attribute.number().getAsLong())
                        : Optional.empty())
                .filter(value -> value <= 0xffff)
                .orElse(0L)
                .longValue();
    }
}
