package dev.culvert.api.v1alpha1.status;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import java.util.List;

/** The Ready condition. */
public final class Summary {
    private Summary() {}

    /**
     * Ready is true when all of these are, else it repeats the first that is not. Degraded is not asked: a tunnel may
     * work and yet not be as it should.
     *
     * @param verdicts in the order in which they depend on each other
     */
    public static Verdict ready(List<Verdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> !verdict.isTrue())
                .findFirst()
                .map(first -> new Verdict(ConditionTypes.READY, first.status(), first.reason(), first.message()))
                .orElseGet(() -> Verdict.yes(ConditionTypes.READY, ConditionReasons.READY, "traffic is protected"));
    }
}
