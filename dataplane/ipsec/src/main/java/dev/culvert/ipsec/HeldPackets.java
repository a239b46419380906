package dev.culvert.ipsec;

import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.PacketBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The first packets that met a policy before there was an SA, in the order in which they came: copies, since the packet
 * path needs its buffers. Few, and for a few seconds, so that a peer that never answers costs nothing. One worker.
 */
final class HeldPackets {
    /** As many as a TCP connection's first segments and their repetitions. */
    static final int PER_CHILD = 8;

    static final int TOTAL = 128;

    /** Longer than a negotiation in which a message is lost twice; whoever sent the packet has given up on it then. */
    static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Deque<Held> queue = new ArrayDeque<>();

    /**
     * One packet.
     *
     * @param since when it came, in monotonic nanoseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // a copy of its own, which nobody compares
    record Held(Policy.Protect policy, byte[] packet, long since) {
        boolean isOld(long nowNanos) {
            return nowNanos - since >= PATIENCE_NANOS;
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Takes a copy, or refuses when there are enough. */
    boolean offer(Policy.Protect policy, PacketBuffer packet, int length, long nowNanos) {
        if (queue.size() >= TOTAL || count(policy) >= PER_CHILD) {
            return false;
        }
        byte[] copy = Arrays.copyOfRange(packet.array, packet.offset, packet.offset + length);
        queue.addLast(new Held(policy, copy, nowNanos));
        return true;
    }

    /** Takes out all; what is to be kept is given back with {@link #keep}, in order. */
    Deque<Held> takeAll() {
        Deque<Held> all = new ArrayDeque<>(queue);
        queue.clear();
        return all;
    }

    void keep(Held held) {
        queue.addLast(held);
    }

    private int count(Policy.Protect policy) {
        int count = 0;
        for (Held held : queue) {
            if (held.policy().tunnel().equals(policy.tunnel())
                    && held.policy().child().equals(policy.child())) {
                count++;
            }
        }
        return count;
    }
}
