package dev.culvert.ike.sa;

/** Something with deadlines of its own. */
public interface Timed {
    /** When {@link #timeout} is due, in monotonic nanoseconds; {@link Timers#NEVER} for never. */
    long deadline();

    /** Does what is due; harmless if nothing is. */
    void timeout(long nowNanos);
}
