package dev.culvert.agent.negotiator;

import dev.culvert.ike.endpoint.IkeDatagram;
import java.util.concurrent.atomic.LongAdder;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** IKE datagrams on their way from one thread to another; what it has no room for is counted and forgotten. */
public final class DatagramQueue {
    private final MpscArrayQueue<IkeDatagram> queue;
    private final LongAdder refused = new LongAdder();

    DatagramQueue(int capacity) {
        queue = new MpscArrayQueue<>(capacity);
    }

    /** Whether another one would have no room; counts it as refused then. Saves making what would be forgotten. */
    boolean refuses() {
        boolean full = queue.size() >= queue.capacity();
        if (full) {
            refused.increment();
        }
        return full;
    }

    /** Any thread. */
    void offer(IkeDatagram datagram) {
        if (!queue.offer(datagram)) {
            refused.increment();
        }
    }

    /** The consumer's thread. */
    @Nullable
    IkeDatagram poll() {
        return queue.poll();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** What there was no room for. Any thread. */
    public long refused() {
        return refused.sum();
    }
}
