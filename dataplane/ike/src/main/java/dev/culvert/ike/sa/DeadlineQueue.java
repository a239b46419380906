package dev.culvert.ike.sa;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Orders any number of {@link Timed} by deadline; each change costs O(log n). */
public final class DeadlineQueue {
    private record Entry(long deadline, long sequence, Timed timed) {}

    private final TreeSet<Entry> entries =
            new TreeSet<>(Comparator.comparingLong(Entry::deadline).thenComparingLong(Entry::sequence));
    private final Map<Timed, Entry> byTimed = new HashMap<>();
    private long sequence;

    /** Takes over the deadline that {@code timed} has now. */
    public void update(Timed timed) {
        long deadline = timed.deadline();
        Entry old = byTimed.get(timed);
        if (old != null) {
            if (old.deadline == deadline) {
                return;
            }
            entries.remove(old);
            byTimed.remove(timed);
        }
        if (deadline != Timers.NEVER) {
            Entry entry = new Entry(deadline, sequence++, timed);
            entries.add(entry);
            byTimed.put(timed, entry);
        }
    }

    public void remove(Timed timed) {
        Entry old = byTimed.remove(timed);
        if (old != null) {
            entries.remove(old);
        }
    }

    /** The earliest deadline, or {@link Timers#NEVER}. */
    public long next() {
        return entries.isEmpty() ? Timers.NEVER : entries.first().deadline;
    }

    /** Takes out the first one that is due, or null. It comes back with {@link #update}. */
    public @Nullable Timed pollDue(long nowNanos) {
        if (next() > nowNanos || entries.isEmpty()) {
            return null;
        }
        Timed timed = entries.first().timed;
        remove(timed);
        return timed;
    }
}
