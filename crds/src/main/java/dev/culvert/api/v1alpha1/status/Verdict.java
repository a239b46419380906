package dev.culvert.api.v1alpha1.status;

/**
 * What a condition says, before it is known since when.
 *
 * @param type one of {@link dev.culvert.api.v1alpha1.ConditionTypes}
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one of {@link dev.culvert.api.v1alpha1.ConditionReasons}
 * @param message for a person; cut to the 32,768 characters that Kubernetes allows
 */
public record Verdict(String type, String status, String reason, String message) {
    public static final String TRUE = "True";
    public static final String FALSE = "False";
    public static final String UNKNOWN = "Unknown";
    private static final int LONGEST_MESSAGE = 32_768;

    public Verdict {
        message = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    }

    public static Verdict yes(String type, String reason, String message) {
        return new Verdict(type, TRUE, reason, message);
    }

    public static Verdict no(String type, String reason, String message) {
        return new Verdict(type, FALSE, reason, message);
    }

    public static Verdict unknown(String type, String reason, String message) {
        return new Verdict(type, UNKNOWN, reason, message);
    }

    public boolean isTrue() {
        return status.equals(TRUE);
    }
}
