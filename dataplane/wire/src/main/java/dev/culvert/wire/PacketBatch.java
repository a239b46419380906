package dev.culvert.wire;

/**
 * A fixed array of {@link PacketBuffer}s, of which the first {@link #size()} are filled. Reads fill it, a stage works on
 * it in place (swapping slots to drop a packet), a write empties it. Owned by one thread.
 */
public final class PacketBatch {
    private final PacketBuffer[] buffers;
    private int size;

    /**
     * @param capacity number of packets
     * @param maximumLength the longest packet in bytes
     */
    public PacketBatch(int capacity, int maximumLength) {
        buffers = new PacketBuffer[capacity];
        for (int i = 0; i < capacity; i++) {
            buffers[i] = new PacketBuffer(maximumLength);
        }
    }

    public int capacity() {
        return buffers.length;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean isFull() {
        return size == buffers.length;
    }

    /** The buffer of a slot, filled or not; {@code index} is below {@link #capacity()}. */
    public PacketBuffer buffer(int index) {
        return buffers[index];
    }

    /** Clears and returns the next free buffer and counts it as filled. */
    public PacketBuffer add() {
        PacketBuffer next = buffers[size];
        next.clear();
        size++;
        return next;
    }

    /** Says that the first {@code newSize} buffers are filled. */
    public void size(int newSize) {
        size = newSize;
    }

    public void clear() {
        size = 0;
    }

    /** Exchanges two slots: how a stage compacts what it keeps without copying bytes. */
    public void swap(int a, int b) {
        PacketBuffer kept = buffers[a];
        buffers[a] = buffers[b];
        buffers[b] = kept;
    }

    /**
     * Gives a filled buffer to another batch, behind what that holds, and takes the target's next free one for it: how a
     * packet changes batches without being copied. The slot here is then meaningless; the size stays.
     *
     * @param target not full, with buffers of the same length
     */
    public void moveTo(PacketBatch target, int index) {
        PacketBuffer free = target.buffers[target.size];
        target.buffers[target.size] = buffers[index];
        buffers[index] = free;
        target.size++;
    }
}
