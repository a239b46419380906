package dev.culvert.ipsec;

/** A token bucket. Full at the beginning; owned by one thread. */
final class RateLimit {
    private final long intervalNanos;
    private final int burst;
    private int tokens;
    private long lastNanos;
    private boolean started;

    /**
     * @param perSecond tokens
     * @param burst tokens that the bucket holds
     */
    RateLimit(int perSecond, int burst) {
        intervalNanos = 1_000_000_000L / perSecond;
        this.burst = burst;
        tokens = burst;
    }

    /** Takes a token if there is one. */
    boolean allows(long nowNanos) {
        if (!started) {
            started = true;
            lastNanos = nowNanos;
        }
        long fresh = (nowNanos - lastNanos) / intervalNanos;
        if (fresh > 0) {
            tokens = (int) Math.min(burst, tokens + fresh);
            lastNanos += fresh * intervalNanos;
        }
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }
}
