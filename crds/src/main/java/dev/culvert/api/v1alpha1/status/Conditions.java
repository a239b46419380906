package dev.culvert.api.v1alpha1.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Lists of Kubernetes conditions. */
public final class Conditions {
    private Conditions() {}

    /**
     * The conditions of a status: one for each verdict, in their order. {@code lastTransitionTime} is kept from the
     * previous condition of the type unless its status changes, as the API conventions demand.
     *
     * @param generation of the spec that the verdicts are about
     */
    public static List<Condition> merge(
            List<Condition> previous, List<Verdict> verdicts, long generation, Instant now) {
        return verdicts.stream()
                .map(verdict -> new ConditionBuilder()
                        .withType(verdict.type())
                        .withStatus(verdict.status())
                        .withReason(verdict.reason())
                        .withMessage(verdict.message())
                        .withObservedGeneration(generation)
                        .withLastTransitionTime(find(previous, verdict.type())
                                .filter(before -> verdict.status().equals(before.getStatus()))
                                .map(Condition::getLastTransitionTime)
                                .orElseGet(() ->
                                        now.truncatedTo(ChronoUnit.SECONDS).toString()))
                        .build())
                .toList();
    }

    public static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
    }

    public static boolean isTrue(List<Condition> conditions, String type) {
        return find(conditions, type)
                .map(c -> Verdict.TRUE.equals(c.getStatus()))
                .orElse(false);
    }
}
