package dev.culvert.operator.status;

import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.api.v1alpha1.status.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The Events that a change of conditions is worth: one for each condition whose status or reason moved. Pure. */
public final class TunnelEvents {
    private static final DateTimeFormatter MICRO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    /** Ready repeats the others. */
    private static final List<String> TOLD = List.of(
            ConditionTypes.ACCEPTED, ConditionTypes.RESOLVED_REFS, ConditionTypes.ESTABLISHED, ConditionTypes.DEGRADED);

    private static final int LONGEST_NOTE = 1024;

    private TunnelEvents() {}

    /**
     * Events for what changed.
     *
     * @param instance of the operator, at most 128 characters
     */
    public static List<Event> of(
            IPSecTunnel tunnel, List<Condition> before, List<Condition> after, Instant now, String instance) {
        return TOLD.stream()
                .flatMap(type -> Conditions.find(after, type).stream())
                .filter(condition -> hasMoved(condition, Conditions.find(before, condition.getType())))
                .map(condition -> event(tunnel, condition, now, instance))
                .toList();
    }

    private static boolean hasMoved(Condition after, Optional<Condition> before) {
        if (before.isEmpty()) {
            return !isGood(after);
        }
        return !Objects.equals(before.get().getStatus(), after.getStatus())
                || !Objects.equals(before.get().getReason(), after.getReason());
    }

    private static boolean isGood(Condition condition) {
        String good = condition.getType().equals(ConditionTypes.DEGRADED) ? Verdict.FALSE : Verdict.TRUE;
        return good.equals(condition.getStatus());
    }

    private static Event event(IPSecTunnel tunnel, Condition condition, Instant now, String instance) {
        String message = condition.getMessage();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(tunnel.getMetadata().getName() + "-")
                .withNamespace(tunnel.getMetadata().getNamespace())
                .endMetadata()
                .withNewRegarding()
                .withApiVersion(tunnel.getApiVersion())
                .withKind(tunnel.getKind())
                .withName(tunnel.getMetadata().getName())
                .withNamespace(tunnel.getMetadata().getNamespace())
                .withUid(tunnel.getMetadata().getUid())
                .endRegarding()
                .withType(isGood(condition) ? "Normal" : "Warning")
                .withReason(condition.getReason())
                .withAction(condition.getType())
                .withNote(message.length() > LONGEST_NOTE ? message.substring(0, LONGEST_NOTE) : message)
                .withReportingController("culvert.dev/operator")
                .withReportingInstance(instance)
                .withEventTime(new MicroTime(MICRO.format(now)))
                .build();
    }
}
