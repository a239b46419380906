package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Liveness checks (RFC 7296 §2.4); durations as {@link Durations} reads them. */
// What is absent stays so when it is written: the accessors tell what it is by default.
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.delay) || !has(self.timeout) || duration(self.delay) == duration('0s') || duration(self.timeout) > duration(self.delay)",
        fieldPath = ".timeout",
        message = "timeout has to be longer than delay")
public record DeadPeerDetection(
        @JsonPropertyDescription(
                "Silence of the peer after which it is asked whether it is there; 0s never asks. A dead peer is noticed after delay and timeout together. By default the preset's, or "
                        + DeadPeerDetection.DEFAULT_DELAY + ".")
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        @Nullable
        String delay,

        @JsonPropertyDescription(
                "Time for which an unanswered question is repeated before the peer counts as gone; longer than delay. By default the preset's, or "
                        + DeadPeerDetection.DEFAULT_TIMEOUT + ".")
        @Pattern(Durations.PATTERN)
        @Size(min = 2, max = 24)
        @Nullable
        String timeout,

        @JsonPropertyDescription("What happens then. By default as the preset says, or Restart.") @Nullable
        DpdAction action) {
    public static final String DEFAULT_DELAY = "10s";
    public static final String DEFAULT_TIMEOUT = "30s";

    /** Absent in a document, it is what a preset says, and without that the default; so it is with what follows. */
    @Override
    public String delay() {
        return delay == null ? DEFAULT_DELAY : delay;
    }

    @Override
    public String timeout() {
        return timeout == null ? DEFAULT_TIMEOUT : timeout;
    }

    @Override
    public DpdAction action() {
        return action == null ? DpdAction.RESTART : action;
    }

    /** The same, with what it leaves open taken from {@code other}. */
    public DeadPeerDetection orElse(DeadPeerDetection other) {
        return new DeadPeerDetection(
                delay == null ? other.delay : delay,
                timeout == null ? other.timeout : timeout,
                action == null ? other.action : action);
    }

    /** What a tunnel has that says nothing. */
    public static DeadPeerDetection defaults() {
        return new DeadPeerDetection(null, null, null);
    }
}
