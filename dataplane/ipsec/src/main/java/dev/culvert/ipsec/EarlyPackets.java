package dev.culvert.ipsec;

import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import org.jspecify.annotations.Nullable;

/**
 * ESP packets with an unknown SPI that come right behind an IKE message. A responder sends on new SAs as soon as it has
 * answered (RFC 7296 §2.8), and its answer takes longer to become an SA than the packet behind it takes to get here. So
 * such packets wait a moment, a few of them. Only those in UDP, whose socket IKE shares. Owned by one worker; allocates
 * when it is first needed.
 */
final class EarlyPackets {
    private static final int CAPACITY = 256;

    /** Octets; longer packets are not held. */
    private static final int LONGEST = 2048;

    /** How long a packet waits, and how long behind an IKE message one may. */
    private static final long PATIENCE_NANOS = 300_000_000L;

    private @Nullable PacketBatch held;
    private final long[] untilNanos = new long[CAPACITY];
    private boolean ikeCame;
    private long ikeNanos;

    void ikeCame(long nowNanos) {
        ikeCame = true;
        ikeNanos = nowNanos;
    }

    int size() {
        return held == null ? 0 : held.size();
    }

    PacketBuffer packet(int index) {
        if (held == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return held.buffer(index);
    }

    /** Copies a packet that may belong to an SA to come; false if it has to be dropped. */
    boolean hold(PacketBuffer packet, long nowNanos) {
        if (!ikeCame || nowNanos - ikeNanos > PATIENCE_NANOS || size() == CAPACITY || packet.length > LONGEST) {
            return false;
        }
        PacketBatch batch = held;
        if (batch == null) {
            batch = new PacketBatch(CAPACITY, LONGEST);
            held = batch;
        }
        untilNanos[batch.size()] = nowNanos + PATIENCE_NANOS;
        PacketBuffer copy = batch.add();
        copy.length = packet.length;
        copy.local = packet.local;
        copy.remote = packet.remote;
        copy.trafficClass = packet.trafficClass;
        copy.inStream = packet.inStream;
        System.arraycopy(packet.array, packet.offset, copy.array, copy.offset, packet.length);
        return true;
    }

    boolean isOver(int index, long nowNanos) {
        return nowNanos - untilNanos[index] >= 0;
    }

    /** Takes a packet out; the last one takes its place. */
    void remove(int index) {
        PacketBatch batch = held;
        if (batch != null) {
            int last = batch.size() - 1;
            batch.swap(index, last);
            untilNanos[index] = untilNanos[last];
            batch.size(last);
        }
    }
}
