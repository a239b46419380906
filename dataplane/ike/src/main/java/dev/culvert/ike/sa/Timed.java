package dev.culvert.ike.sa;

/** Something with deadlines of its own. */
public interface Timed {
    /** When {@link #timeout} is due, in monotonic nanoseconds; {@link Timers#NEVER} for never. */
    long deadline();

    /** Does what is due; harmless if nothing is. */
    void timeout(long nowNanos);

    /** Does what follows from what happened, once the event that {@link SaHost#touched} it is dealt with. */
    default void settle(long nowNanos) {}
}
