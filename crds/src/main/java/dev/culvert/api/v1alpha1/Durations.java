package dev.culvert.api.v1alpha1;

import java.time.Duration;

/**
 * Durations as Kubernetes writes them: {@code 1h30m}, {@code 10s}, {@code 500ms}.
 *
 * <p>As in the Gateway API, at most four numbers of at most five digits, without fractions or signs.
 */
public final class Durations {
    /** What the schema demands of a duration. */
    public static final String PATTERN = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

    /** What is allowed, for a person. */
    public static final String ALLOWED = "numbers with h, m, s or ms, such as 1h30m";

    private static final java.util.regex.Pattern PART = java.util.regex.Pattern.compile("([0-9]{1,5})(ms|h|m|s)");
    private static final java.util.regex.Pattern WHOLE = java.util.regex.Pattern.compile(PATTERN);

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException naming what is allowed
     */
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; allowed: " + ALLOWED);
        }
        return PART.matcher(text).results().map(Durations::part).reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration part(java.util.regex.MatchResult part) {
        long number = Long.parseLong(part.group(1));
        return switch (part.group(2)) {
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMillis(number);
        };
    }
}
