package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ConditionReasons;
import org.jspecify.annotations.Nullable;

/**
 * Something in a document that is wrong, or works but should not be so.
 *
 * @param severity whether the document can be used all the same
 * @param reason of the condition that tells of it: one of {@link ConditionReasons}
 * @param fieldPath such as {@code spec.children[0].proposals[1]}; empty for the document as a whole
 * @param message what is wrong, with the value; never key material
 * @param allowed what would be right; null when the message says so already
 */
public record Problem(
        Severity severity,
        String reason,
        String fieldPath,
        String message,
        @Nullable String allowed) {
    /** How bad it is. */
    public enum Severity {
        /** The document is not used: Accepted is False. */
        ERROR,
        /** The document is used, and Degraded says why it should be changed. */
        WARNING
    }

    public static Problem invalid(String fieldPath, String message, @Nullable String allowed) {
        return new Problem(Severity.ERROR, ConditionReasons.INVALID_SPEC, fieldPath, message, allowed);
    }

    public static Problem unsupported(String fieldPath, String message, @Nullable String allowed) {
        return new Problem(Severity.ERROR, ConditionReasons.UNSUPPORTED_VALUE, fieldPath, message, allowed);
    }

    public static Problem overlapping(String fieldPath, String message) {
        return new Problem(Severity.ERROR, ConditionReasons.OVERLAPPING_TRAFFIC_SELECTORS, fieldPath, message, null);
    }

    public static Problem weakAlgorithm(String fieldPath, String message, String better) {
        return new Problem(Severity.WARNING, ConditionReasons.WEAK_ALGORITHM, fieldPath, message, better);
    }

    public static Problem inconsistentKeyExchange(String fieldPath, String message, String better) {
        return new Problem(Severity.WARNING, ConditionReasons.INCONSISTENT_KEY_EXCHANGE, fieldPath, message, better);
    }

    public Problem asWarning() {
        return new Problem(Severity.WARNING, reason, fieldPath, message, allowed);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** {@code field path: what is wrong; allowed: what would be right}. */
    @Override
    public String toString() {
        return (fieldPath.isEmpty() ? "" : fieldPath + ": ")
                + message
                + (allowed == null ? "" : "; allowed: " + allowed);
    }
}
