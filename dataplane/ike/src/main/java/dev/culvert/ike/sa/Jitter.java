package dev.culvert.ike.sa;

import dev.culvert.crypto.RandomSource;
import java.time.Duration;

/** Random parts of waiting times, so that SAs made together are not rekeyed together (RFC 7296 §2.8). */
public final class Jitter {
    private static final double SOFT_PART = 0.1;

    private Jitter() {}

    /** When a soft lifetime that began at {@code start} ends: up to a tenth early; {@link Timers#NEVER} for zero. */
    public static long soft(long startNanos, Duration lifetime, RandomSource random) {
        if (lifetime.isZero()) {
            return Timers.NEVER;
        }
        return startNanos + (long) (lifetime.toNanos() * (1 - SOFT_PART * fraction(random)));
    }

    /** A waiting time longer or shorter by up to {@code part} of itself. */
    public static long around(long nanos, double part, RandomSource random) {
        return (long) (nanos * (1 + part * (2 * fraction(random) - 1)));
    }

    /** 0 to 1. */
    private static double fraction(RandomSource random) {
        return Integer.toUnsignedLong(random.nextInt()) / 0x1p32;
    }
}
