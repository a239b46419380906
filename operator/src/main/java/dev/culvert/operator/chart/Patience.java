package dev.culvert.operator.chart;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting, for commands that do one thing and end. */
record Patience(Duration limit, Duration step) {
    /** Whether it came true in time. */
    boolean await(BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(step.toNanos());
        }
        return true;
    }
}
