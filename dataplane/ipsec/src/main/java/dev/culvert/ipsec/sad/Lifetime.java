package dev.culvert.ipsec.sad;

/**
 * When an SA has to be replaced (soft) and when it stops carrying traffic (hard), RFC 4301 §4.4.2.1. What is reached
 * first counts. Bytes and packets are those of one direction; bytes are counted as inner packets.
 *
 * <p>The sequence number needs no setting: it raises the same events, soft when fifteen sixteenths of its space are used
 * and hard when it cannot be increased any more (RFC 4303 §3.3.3).
 *
 * @param softDeadlineNanos monotonic time in nanoseconds; {@link #NEVER} for none
 * @param hardDeadlineNanos monotonic time in nanoseconds; {@link #NEVER} for none
 * @param softBytes bytes; {@link #NEVER} for no limit
 * @param hardBytes bytes; {@link #NEVER} for no limit
 * @param softPackets packets; {@link #NEVER} for no limit
 * @param hardPackets packets; {@link #NEVER} for no limit
 */
public record Lifetime(
        long softDeadlineNanos,
        long hardDeadlineNanos,
        long softBytes,
        long hardBytes,
        long softPackets,
        long hardPackets) {
    public static final long NEVER = Long.MAX_VALUE;

    /** Only the sequence number limits the SA. */
    public static final Lifetime UNLIMITED = new Lifetime(NEVER, NEVER, NEVER, NEVER, NEVER, NEVER);

    public Lifetime {
        if (softBytes < 0 || softPackets < 0 || hardBytes <= 0 || hardPackets <= 0) {
            throw new IllegalArgumentException("a lifetime in bytes or packets is positive");
        }
    }

    public Lifetime withDeadlines(long newSoftDeadlineNanos, long newHardDeadlineNanos) {
        return new Lifetime(newSoftDeadlineNanos, newHardDeadlineNanos, softBytes, hardBytes, softPackets, hardPackets);
    }

    public Lifetime withBytes(long newSoftBytes, long newHardBytes) {
        return new Lifetime(softDeadlineNanos, hardDeadlineNanos, newSoftBytes, newHardBytes, softPackets, hardPackets);
    }

    public Lifetime withPackets(long newSoftPackets, long newHardPackets) {
        return new Lifetime(softDeadlineNanos, hardDeadlineNanos, softBytes, hardBytes, newSoftPackets, newHardPackets);
    }
}
