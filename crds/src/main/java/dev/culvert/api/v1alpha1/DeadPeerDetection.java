package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Liveness checks (RFC 7296 §2.4); durations as {@link Durations} reads them. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "duration(self.delay) == duration('0s') || duration(self.timeout) > duration(self.delay)",
        fieldPath = ".timeout",
        message = "timeout has to be longer than delay")
public record DeadPeerDetection(
        @JsonPropertyDescription(
                "Silence of the peer after which it is asked whether it is there; 0s never asks. A dead peer is noticed after delay and timeout together.")
        @Default(DeadPeerDetection.DEFAULT_DELAY)
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        String delay,

        @JsonPropertyDescription(
                "Time for which an unanswered question is repeated before the peer counts as gone; longer than delay.")
        @Default(DeadPeerDetection.DEFAULT_TIMEOUT)
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        String timeout,

        @JsonPropertyDescription("What happens then.") @Default("Restart")
        DpdAction action) {
    public static final String DEFAULT_DELAY = "10s";
    public static final String DEFAULT_TIMEOUT = "30s";

    public DeadPeerDetection {
        delay = delay == null ? DEFAULT_DELAY : delay;
        timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
        action = action == null ? DpdAction.RESTART : action;
    }

    /** What a tunnel has that says nothing. */
    public static DeadPeerDetection defaults() {
        return new DeadPeerDetection(DEFAULT_DELAY, DEFAULT_TIMEOUT, DpdAction.RESTART);
    }
}
