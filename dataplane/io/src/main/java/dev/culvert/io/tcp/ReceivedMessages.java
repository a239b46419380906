package dev.culvert.io.tcp;

import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import org.jspecify.annotations.Nullable;

/** Messages on their way from the thread that reads connections to the packet loop: one puts, the other takes. */
final class ReceivedMessages {
    private static final int CAPACITY = 256;

    private final int longest;
    private PacketBuffer @Nullable [] buffers;
    private volatile long put;
    private volatile long taken;

    ReceivedMessages(int longest) {
        this.longest = longest;
    }

    boolean isEmpty() {
        return put == taken;
    }

    /** Copies a message; false if there is no room for it. The reading thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes it
    boolean put(StreamAddress ends, byte[] array, int offset, int length) {
        if (put - taken == CAPACITY) {
            return false;
        }
        PacketBuffer free = buffers()[(int) (put % CAPACITY)];
        free.clear();
        free.length = length;
        free.local = ends.local();
        free.remote = ends.remote();
        System.arraycopy(array, offset, free.array, free.offset, length);
        put++;
        return true;
    }

    /** Copies messages behind what the batch has until it is full or none is left; how many. The packet loop. */
    int take(PacketBatch batch) {
        int count = 0;
        long available = put;
        PacketBuffer @Nullable [] filled = buffers;
        long next = taken;
        while (filled != null && next < available && !batch.isFull()) {
            PacketBuffer message = filled[(int) (next++ % CAPACITY)];
            copy(message, batch.add(), message.local, message.remote);
            count++;
        }
        taken = next;
        return count;
    }

    private static void copy(
            PacketBuffer from, PacketBuffer to, @Nullable UdpAddress local, @Nullable UdpAddress remote) {
        to.length = from.length;
        to.local = local;
        to.remote = remote;
        to.inStream = true;
        System.arraycopy(from.array, from.offset, to.array, to.offset, from.length);
    }

    /** Made when the first message comes: most agents never see one. The volatile write of {@link #put} publishes it. */
    private PacketBuffer[] buffers() {
        PacketBuffer[] made = buffers;
        if (made == null) {
            made = new PacketBuffer[CAPACITY];
            for (int i = 0; i < CAPACITY; i++) {
                made[i] = new PacketBuffer(longest);
            }
            buffers = made;
        }
        return made;
    }
}
