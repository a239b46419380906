package dev.culvert.agent.revocation;

import java.time.Instant;

/** What was found out of one certificate. */
public sealed interface Finding {
    /** Until when it holds; then it is found out anew. */
    Instant until();

    /** It is not revoked. */
    record Good(Instant until) implements Finding {}

    /**
     * It is.
     *
     * @param words which, since when, why, and who says so
     */
    record Revoked(String words, Instant until) implements Finding {}

    /**
     * Nobody says.
     *
     * @param words of which certificate, who was asked, and what went wrong
     */
    record Unknown(String words, Instant until) implements Finding {}
}
