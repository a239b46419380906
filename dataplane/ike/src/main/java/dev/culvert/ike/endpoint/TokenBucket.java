package dev.culvert.ike.endpoint;

/** So many in a second, and so many at once. Full at the beginning; owned by one thread. */
final class TokenBucket {
    private static final long SECOND = 1_000_000_000L;

    private final long intervalNanos;
    private final long capacityNanos;
    /** From when on the bucket would be empty if nothing were taken any more; time itself is what fills it. */
    private long emptyAt = Long.MIN_VALUE;

    TokenBucket(int perSecond, int burst) {
        intervalNanos = SECOND / perSecond;
        capacityNanos = intervalNanos * burst;
    }

    /** Takes a token if there is one. */
    boolean allows(long nowNanos) {
        long from = emptyAt == Long.MIN_VALUE ? nowNanos - capacityNanos : Math.max(emptyAt, nowNanos - capacityNanos);
        if (from + intervalNanos > nowNanos) {
            return false;
        }
        emptyAt = from + intervalNanos;
        return true;
    }
}
