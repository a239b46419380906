package dev.culvert.ike.sa;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Deadlines of one object, one for each constant of an enum, in monotonic nanoseconds. */
public final class Timers<T extends Enum<T>> {
    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    private final Class<T> type;
    private final Map<T, Long> deadlines;

    public Timers(Class<T> type) {
        this.type = type;
        this.deadlines = new EnumMap<>(type);
    }

    /** @param deadlineNanos {@link #NEVER} cancels it */
    public void set(T timer, long deadlineNanos) {
        if (deadlineNanos == NEVER) {
            deadlines.remove(timer);
        } else {
            deadlines.put(timer, deadlineNanos);
        }
    }

    public void cancel(T timer) {
        deadlines.remove(timer);
    }

    public void clear() {
        deadlines.clear();
    }

    public boolean isSet(T timer) {
        return deadlines.containsKey(timer);
    }

    public long deadline(T timer) {
        return deadlines.getOrDefault(timer, NEVER);
    }

    /** The earliest deadline, or {@link #NEVER}. */
    public long next() {
        long next = NEVER;
        for (long deadline : deadlines.values()) {
            next = Math.min(next, deadline);
        }
        return next;
    }

    /** Takes out the timers that are due. */
    public Set<T> expire(long nowNanos) {
        Set<T> due = EnumSet.noneOf(type);
        deadlines.forEach((timer, deadline) -> {
            if (deadline <= nowNanos) {
                due.add(timer);
            }
        });
        due.forEach(deadlines::remove);
        return due;
    }
}
