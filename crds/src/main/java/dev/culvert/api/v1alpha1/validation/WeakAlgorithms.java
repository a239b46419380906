package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.TransformType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What works and yet should not be so: algorithms that a person has to name, which is warned about. Pure. */
public final class WeakAlgorithms {
    private WeakAlgorithms() {}

    /** What to name instead, for each type of algorithm of which the proposal has a weak one. */
    static String better(IkeVersion version, Proposal proposal) {
        boolean old = version == IkeVersion.IKE_V1;
        return Arrays.stream(TransformType.values())
                .filter(type -> !ProposalKeywords.weak(new Proposal(proposal.protocol(), proposal.transforms(type)))
                        .isEmpty())
                .map(type -> switch (type) {
                    case ENCRYPTION ->
                        old && proposal.protocol() == SecurityProtocol.IKE ? "aes256" : "aes256gcm16, aes256";
                    case PRF -> "prfsha256";
                    case INTEGRITY -> "sha256";
                    case KEY_EXCHANGE -> old ? "ecp256, modp2048" : "x25519, ecp256, modp2048";
                    case ADDITIONAL_KEY_EXCHANGE_1,
                            ADDITIONAL_KEY_EXCHANGE_2,
                            ADDITIONAL_KEY_EXCHANGE_3,
                            ADDITIONAL_KEY_EXCHANGE_4,
                            ADDITIONAL_KEY_EXCHANGE_5,
                            ADDITIONAL_KEY_EXCHANGE_6,
                            ADDITIONAL_KEY_EXCHANGE_7 -> "mlkem768, ecp384";
                    case EXTENDED_SEQUENCE_NUMBERS -> "esn";
                })
                .collect(Collectors.joining(", "));
    }

    /** The Degraded condition: the first warning's reason, all warnings' messages. Errors are not looked at. */
    public static Verdict degraded(List<Problem> problems) {
        List<Problem> warnings =
                problems.stream().filter(problem -> !problem.isError()).toList();
        return warnings.isEmpty()
                ? Verdict.no(ConditionTypes.DEGRADED, ConditionReasons.AS_EXPECTED, "nothing weak is in use")
                : Verdict.yes(
                        ConditionTypes.DEGRADED,
                        warnings.getFirst().reason(),
                        warnings.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
}
