package dev.culvert.testkit;

import java.time.Duration;

/** Monotonic nanoseconds that move only when a test says so. */
public final class VirtualClock {
    private long nowNanos;

    /** Starts at one second, so that a forgotten zero shows. */
    public VirtualClock() {
        this(1_000_000_000L);
    }

    /**
     * @param startNanos any number; one close to {@link Long#MAX_VALUE} tests overflow-safe comparisons
     */
    public VirtualClock(long startNanos) {
        nowNanos = startNanos;
    }

    public long nowNanos() {
        return nowNanos;
    }

    public void advance(Duration by) {
        advanceNanos(by.toNanos());
    }

    /**
     * @throws IllegalArgumentException for going back
     */
    public void advanceNanos(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("monotonic time does not go back by " + -nanos + " ns");
        }
        nowNanos += nanos;
    }

    /**
     * Moves to a time that is not before now.
     *
     * @throws IllegalArgumentException for going back
     */
    public void advanceTo(long nanos) {
        advanceNanos(nanos - nowNanos);
    }
}
