package dev.culvert.ike.endpoint;

/** Limits answers to messages that belong to nothing here: they help an honest peer, and must not help anybody else. */
final class StrayAnswers {
    private static final int PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000L;

    private long windowEnd = Long.MIN_VALUE;
    private int answered;

    boolean mayAnswer(long nowNanos) {
        if (nowNanos >= windowEnd) {
            windowEnd = nowNanos + SECOND;
            answered = 0;
        }
        return answered++ < PER_SECOND;
    }
}
