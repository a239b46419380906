package dev.culvert.ipsec;

import dev.culvert.ipsec.counters.Counters;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.Limit;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What both directions of a worker have: counters, events with their rate limits, and the mark of a running batch. */
@SuppressWarnings("EnumOrdinal") // Counters are rows of longs, one for each constant.
final class WorkerState {
    private static final int REASONS = DropReason.values().length;

    private final DataPathListener listener;
    private final Counters drops = new Counters(REASONS);
    private final Counters totals = new Counters(Total.values().length);
    private final RateLimit[] auditLimits = new RateLimit[REASONS];

    /** Expire events that the listener had no room for: at most a few for each SA. */
    private final Deque<DataPathEvent.Expire> untold = new ArrayDeque<>();

    /** Odd while a batch is being processed. Written by the worker alone. */
    private volatile long epoch;

    /** Counters other than drops, in the order of {@link DataPathTotals}. */
    enum Total {
        PACKETS_OUT,
        BYTES_OUT,
        PACKETS_IN,
        BYTES_IN,
        KEEPALIVES,
        IKE_DATAGRAMS,
        FRAGMENTED,
        TOO_BIG_ANSWERS
    }

    WorkerState(DataPathListener listener) {
        this.listener = listener;
        for (int i = 0; i < REASONS; i++) {
            auditLimits[i] = new RateLimit(1, 5);
        }
    }

    /**
     * Before the snapshot is read. A full fence: either this batch sees a snapshot that was just set, or who set it sees
     * this batch.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One writing thread.
    void enter() {
        epoch++;
        while (!untold.isEmpty() && listener.offer(untold.getFirst())) {
            untold.removeFirst();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writing thread.
    void exit() {
        epoch++;
    }

    /** For {@link #hasLeft}, after a snapshot was set. Any thread. */
    long epoch() {
        return epoch;
    }

    /** Whether no batch can use what was replaced before {@code then} was read. Any thread. */
    boolean hasLeft(long then) {
        return (then & 1) == 0 || epoch != then;
    }

    void count(Total total, long amount) {
        totals.add(total.ordinal(), amount);
    }

    long total(Total total) {
        return totals.get(total.ordinal());
    }

    void drop(DropReason reason) {
        drops.add(reason.ordinal(), 1);
    }

    long drops(DropReason reason) {
        return drops.get(reason.ordinal());
    }

    /** An event that comes again if its cause lasts, and so may be lost. */
    void tell(DataPathEvent event) {
        listener.offer(event);
    }

    /** Passes on what an SA says of its lifetime, with a later batch if there is no room now. */
    void expire(ChildSa sa, Limit limit, boolean hard) {
        DataPathEvent.Expire event = expireEvent(sa, limit, hard);
        if (!listener.offer(event)) {
            untold.add(event);
        }
    }

    static DataPathEvent.Expire expireEvent(ChildSa sa, Limit limit, boolean hard) {
        return new DataPathEvent.Expire(
                sa.parameters().tunnel(),
                sa.parameters().child(),
                sa.parameters().spiIn(),
                limit,
                hard);
    }

    /** Whether a drop may be told of now: then the caller makes the event, and only then. */
    boolean mayAudit(DropReason reason, long nowNanos) {
        return auditLimits[reason.ordinal()].allows(nowNanos);
    }

    void audit(
            DropReason reason,
            int spi,
            int sequence,
            @Nullable UdpAddress outerRemote,
            boolean inStream,
            @Nullable ChildSa sa,
            @Nullable TrafficSelector local,
            @Nullable TrafficSelector remote) {
        listener.offer(new DataPathEvent.Audit(
                reason,
                spi,
                sequence,
                outerRemote,
                inStream,
                sa == null ? null : sa.parameters().tunnel(),
                sa == null ? null : sa.parameters().child(),
                local,
                remote));
    }
}
