package dev.culvert.operator.status;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.ConfigurationChange;
import dev.culvert.api.v1alpha1.ConfigurationEffect;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelStatus;
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
import java.util.stream.Stream;

/**
 * The Events that a changed status is worth: one for each condition whose status or reason moved, and one for what a changed
 * configuration cost when the node took it up. Pure.
 */
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
    public static List<Event> of(IPSecTunnel tunnel, IPSecTunnelStatus after, Instant now, String instance) {
        List<Condition> before = TunnelStatus.conditionsOf(tunnel);
        Stream<Event> moved = TOLD.stream()
                .flatMap(type -> Conditions.find(after.conditions(), type).stream())
                .filter(condition -> hasMoved(condition, Conditions.find(before, condition.getType())))
                .map(condition -> event(
                        tunnel,
                        isGood(condition),
                        condition.getReason(),
                        condition.getType(),
                        condition.getMessage(),
                        now,
                        instance));
        Stream<Event> applied = Stream.ofNullable(after.lastChange())
                .filter(change -> tunnel.getStatus() == null
                        || !change.equals(tunnel.getStatus().lastChange()))
                .map(change -> applied(tunnel, change, now, instance));
        return Stream.concat(moved, applied).toList();
    }

    private static Event applied(IPSecTunnel tunnel, ConfigurationChange change, Instant now, String instance) {
        boolean interrupted = change.effect() == ConfigurationEffect.INTERRUPTED;
        String reason =
                interrupted ? ConditionReasons.CONFIGURATION_INTERRUPTED : ConditionReasons.CONFIGURATION_APPLIED;
        return event(tunnel, !interrupted, reason, "Configure", change.message(), now, instance);
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

    private static Event event(
            IPSecTunnel tunnel,
            boolean good,
            String reason,
            String action,
            String message,
            Instant now,
            String instance) {
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
                .withType(good ? "Normal" : "Warning")
                .withReason(reason)
                .withAction(action)
                .withNote(message.length() > LONGEST_NOTE ? message.substring(0, LONGEST_NOTE) : message)
                .withReportingController("culvert.dev/operator")
                .withReportingInstance(instance)
                .withEventTime(new MicroTime(MICRO.format(now)))
                .build();
    }
}
