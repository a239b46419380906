package dev.culvert.ipsec.counters;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A row of 64-bit counters and gauges with one writing thread and any number of readers, which see each value soon and
 * never torn. No atomic read-modify-write, so that counting costs a load and a store.
 */
public final class Counters {
    private static final VarHandle LONGS =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final long[] values;

    public Counters(int size) {
        values = new long[size];
    }

    /** Adds to a counter. Writing thread only. */
    public void add(int index, long amount) {
        LONGS.setOpaque(values, index, values[index] + amount);
    }

    /** Sets a gauge. Writing thread only. */
    public void set(int index, long value) {
        LONGS.setOpaque(values, index, value);
    }

    /** Any thread. */
    public long get(int index) {
        return (long) LONGS.getOpaque(values, index);
    }
}
