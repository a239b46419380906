package dev.culvert.ike.endpoint;

import java.time.Duration;

/**
 * When a request that got no answer is sent again (RFC 7296 §2.1): after {@code timeout}, then {@code base} times as
 * long each time up to {@code maximum}; after {@code tries} repetitions and one more wait the peer counts as
 * unreachable.
 *
 * @param base at least 1
 * @param tries repetitions beside the first transmission, at least 0
 */
public record Retransmission(Duration timeout, double base, Duration maximum, int tries) {
    public Retransmission {
        if (timeout.isNegative() || timeout.isZero() || base < 1 || tries < 0) {
            throw new IllegalArgumentException("not a retransmission schedule");
        }
    }

    /** How long a request is repeated before its sender gives up, in nanoseconds. */
    public long totalNanos() {
        long total = 0;
        for (int sent = 1; sent <= tries + 1; sent++) {
            total += waitNanos(sent);
        }
        return total;
    }

    /** Nanoseconds to wait after the transmission number {@code sent}, which counts from 1. */
    public long waitNanos(int sent) {
        double nanos = timeout.toNanos() * Math.pow(base, sent - 1);
        return (long) Math.min(nanos, (double) maximum.toNanos());
    }
}
