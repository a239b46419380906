package dev.culvert.io.poll;

import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.FileCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** poll(2) with an eventfd(2) as entry 0 for waking up. */
final class LinuxPoller implements Poller {
    /** {@code struct pollfd}: int fd, short events, short revents. */
    private static final long ENTRY = 8;

    private static final long EVENTS = 4;
    private static final long REVENTS = 6;
    private static final int LARGEST = 64;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Arena arena = Arena.ofShared();
    private final FileCalls calls = new FileCalls(arena);
    private final FileCalls wakingCalls = new FileCalls(arena);
    private final MemorySegment entries = arena.allocate(ENTRY * LARGEST, 8);
    private final MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
    private final MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
    private final Object waking = new Object();
    private final int wakeFd;
    private int count;
    /** Whether the eventfd is set; guarded by {@link #waking}, and so is {@link #closed}. */
    private boolean awake;

    private boolean closed;

    LinuxPoller() throws IOException {
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        wakeFd = calls.eventfd(0, FileCalls.O_NONBLOCK | FileCalls.O_CLOEXEC);
        if (wakeFd < 0) {
            IOException failure = calls.failure("eventfd");
            arena.close();
            throw failure;
        }
        add(() -> wakeFd);
    }

    @Override
    public int add(Pollable source) {
        if (count == LARGEST) {
            throw new IllegalStateException("a poller has at most " + (LARGEST - 1) + " sources");
        }
        entries.set(ValueLayout.JAVA_INT, count * ENTRY, source.fd());
        entries.set(ValueLayout.JAVA_SHORT, count * ENTRY + EVENTS, FileCalls.POLLIN);
        return count++;
    }

    @Override
    public void awaitWritable(int key, boolean await) {
        entries.set(ValueLayout.JAVA_SHORT, key * ENTRY + EVENTS, (short)
                (FileCalls.POLLIN | (await ? FileCalls.POLLOUT : 0)));
    }

    @Override
    public int poll(long timeoutNanos) throws IOException {
        int ready = calls.poll(entries, count, millis(timeoutNanos));
        if (ready < 0) {
            if (calls.errno() == Errno.EINTR) {
                for (int key = 0; key < count; key++) {
                    entries.set(ValueLayout.JAVA_SHORT, key * ENTRY + REVENTS, (short) 0);
                }
                return 0;
            }
            throw calls.failure("poll");
        }
        if (ready > 0 && revents(0) != 0) {
            synchronized (waking) {
                calls.read(wakeFd, counter, ENTRY);
                awake = false;
            }
            return ready - 1;
        }
        return ready;
    }

    @Override
    public boolean isReadable(int key) {
        return (revents(key) & ~FileCalls.POLLOUT) != 0;
    }

    @Override
    public boolean isWritable(int key) {
        return (revents(key) & FileCalls.POLLOUT) != 0;
    }

    @Override
    public void wakeUp() {
        synchronized (waking) {
            if (!closed && !awake) {
                awake = true;
                wakingCalls.write(wakeFd, one, ENTRY);
            }
        }
    }

    @Override
    public void close() {
        synchronized (waking) {
            if (!closed) {
                closed = true;
                calls.close(wakeFd);
                arena.close();
            }
        }
    }

    private int revents(int key) {
        return entries.get(ValueLayout.JAVA_SHORT, key * ENTRY + REVENTS);
    }

    private static int millis(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            return -1;
        }
        long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return Math.clamp(millis, 0, Integer.MAX_VALUE);
    }
}
