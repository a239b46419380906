package dev.culvert.io.poll;

import java.io.IOException;

/**
 * Waits until one of a few file descriptors can be read (poll(2)), a time passes or another thread calls
 * {@link #wakeUp}. Everything but {@code wakeUp} belongs to one thread, which should be a platform thread.
 */
public interface Poller extends AutoCloseable {
    static Poller open() throws IOException {
        return new LinuxPoller();
    }

    /**
     * Waits for {@code source} to become readable from now on.
     *
     * @return its key for {@link #isReadable} and {@link #awaitWritable}
     */
    int add(Pollable source);

    /** Whether to wait for the source to become writable, too: after a send that met a full buffer. */
    void awaitWritable(int key, boolean await);

    /**
     * Waits.
     *
     * @param timeoutNanos at most this long, rounded up to milliseconds; 0 only looks, {@link Long#MAX_VALUE} is forever
     * @return the number of sources that are ready; 0 after a timeout or a wake-up alone
     */
    int poll(long timeoutNanos) throws IOException;

    /** Whether the source could be read, or was in error, when {@link #poll} returned. */
    boolean isReadable(int key);

    /** Whether the source could be written when {@link #poll} returned; only where {@link #awaitWritable} asked. */
    boolean isWritable(int key);

    /**
     * Makes the current {@link #poll}, or else the next one, return at once. Any thread may call it; several calls before
     * that wake once. After {@link #close} it does nothing.
     */
    void wakeUp();

    @Override
    void close();
}
