package dev.culvert.api.v1alpha1.status;

import dev.culvert.api.v1alpha1.ChildSaState;
import dev.culvert.api.v1alpha1.ChildSaStatus;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.LastError;
import dev.culvert.api.v1alpha1.StartAction;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint and what its agent says of it: decides the tunnel's Programmed and Established.
 *
 * @param generation the endpoint's own
 * @param status null as long as the agent has not reported
 */
public record EndpointReport(
        IPSecEndpointSpec spec, long generation, @Nullable IPSecEndpointStatus status) {
    /** An agent that has said nothing for this long counts as gone. Three heartbeats. */
    public static final Duration STALE_AFTER = Duration.ofSeconds(60);

    private static final Set<ChildSaState> CARRYING = Set.of(ChildSaState.INSTALLED, ChildSaState.REKEYING);

    /** Whether the agent has taken up this spec and set the host up for it. */
    public Verdict programmed() {
        if (status == null) {
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    ConditionReasons.PENDING,
                    "the agent on node " + spec.nodeName() + " has not reported yet");
        }
        Optional<Condition> reported = Conditions.find(status.conditions(), ConditionTypes.PROGRAMMED);
        if (reported.isPresent() && Verdict.FALSE.equals(reported.get().getStatus())) {
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    reported.get().getReason(),
                    "node " + spec.nodeName() + ": " + reported.get().getMessage());
        }
        Long observed = status.observedGeneration();
        if (observed == null || observed < generation) {
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    ConditionReasons.PENDING,
                    "the agent on node " + spec.nodeName() + " has not taken up the newest configuration yet");
        }
        return Verdict.yes(ConditionTypes.PROGRAMMED, ConditionReasons.PROGRAMMED, "set up on node " + spec.nodeName());
    }

    /** Whether all child SAs carry traffic, and if not, why not. */
    public Verdict established(Instant now) {
        if (spec.suspend()) {
            return no(ConditionReasons.SUSPENDED, "the tunnel is suspended; its traffic is blocked");
        }
        if (status == null) {
            return no(ConditionReasons.CONNECTING, "waiting for the agent on node " + spec.nodeName());
        }
        if (isStale(now)) {
            return Verdict.unknown(
                    ConditionTypes.ESTABLISHED,
                    ConditionReasons.STATUS_STALE,
                    "the agent on node " + spec.nodeName() + " last reported at " + status.heartbeatTime());
        }
        long ready = childrenReady();
        if (ready == spec.children().size()) {
            return Verdict.yes(
                    ConditionTypes.ESTABLISHED,
                    ConditionReasons.ALL_CHILD_SAS_ESTABLISHED,
                    ready == 1 ? "1 child SA carries traffic" : ready + " child SAs carry traffic");
        }
        LastError error = status.lastError();
        if (ready > 0) {
            return no(
                    ConditionReasons.PARTIALLY_ESTABLISHED,
                    "child SAs missing: " + String.join(", ", missing())
                            + (error == null ? "" : "; " + error.message()));
        }
        if (error != null) {
            return no(error.reason().toString(), error.message());
        }
        return no(ConditionReasons.CONNECTING, waitingFor());
    }

    /** What the agent finds not as it should be, though the tunnel works. */
    public Optional<Verdict> degraded() {
        return Optional.ofNullable(status)
                .flatMap(s -> Conditions.find(s.conditions(), ConditionTypes.DEGRADED))
                .filter(c -> Verdict.TRUE.equals(c.getStatus()))
                .map(c -> Verdict.yes(
                        ConditionTypes.DEGRADED, c.getReason(), "node " + spec.nodeName() + ": " + c.getMessage()));
    }

    /** Such as {@code 1/2}. */
    public String childSAsReady() {
        return childrenReady() + "/" + spec.children().size();
    }

    /** Whether the agent has taken up this very spec and holds no SA any more: what a deletion waits for. */
    public boolean isSilent() {
        return status != null
                && status.observedGeneration() != null
                && status.observedGeneration() >= generation
                && status.ikeSA() == null
                && childrenReady() == 0;
    }

    boolean isStale(Instant now) {
        if (status == null || status.heartbeatTime() == null) {
            return false;
        }
        try {
            return Instant.parse(status.heartbeatTime()).plus(STALE_AFTER).isBefore(now);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private long childrenReady() {
        return spec.children().stream().filter(child -> isReady(child.name())).count();
    }

    private List<String> missing() {
        return spec.children().stream()
                .map(ChildSpec::name)
                .filter(name -> !isReady(name))
                .toList();
    }

    private boolean isReady(String child) {
        return status != null
                && status.childSAs().stream().anyMatch(sa -> sa.name().equals(child) && CARRYING.contains(sa.state()));
    }

    private String waitingFor() {
        if (status != null && !status.childSAs().isEmpty()) {
            Set<ChildSaState> states =
                    status.childSAs().stream().map(ChildSaStatus::state).collect(Collectors.toSet());
            if (states.equals(Set.of(ChildSaState.TRAPPED))) {
                return "waits for a packet to the remote network";
            }
        }
        boolean noneStarts = spec.children().stream().allMatch(child -> child.startAction() == StartAction.NONE);
        return noneStarts
                ? "waits for the peer to start (startAction None)"
                : "negotiating with " + String.join(", ", spec.remote().addresses());
    }

    private static Verdict no(String reason, String message) {
        return Verdict.no(ConditionTypes.ESTABLISHED, reason, message);
    }
}
