package dev.culvert.io.sys;

import static dev.culvert.io.sys.Libc.INT;
import static dev.culvert.io.sys.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** open(2), close(2), read(2), write(2), ioctl(2), eventfd(2), poll(2). Failures are negative results; see {@link #errno}. */
public final class FileCalls {
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final short POLLIN = 1;
    public static final short POLLOUT = 4;

    private static final MethodHandle OPEN = Libc.variadic("open", 2, FunctionDescriptor.of(INT, ADDRESS, INT));
    private static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle READ = Libc.function("read", FunctionDescriptor.of(LONG, INT, ADDRESS, LONG));
    private static final MethodHandle WRITE = Libc.function("write", FunctionDescriptor.of(LONG, INT, ADDRESS, LONG));
    private static final MethodHandle IOCTL = Libc.variadic("ioctl", 2, FunctionDescriptor.of(INT, INT, LONG, ADDRESS));
    private static final MethodHandle EVENTFD = Libc.function("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle POLL = Libc.function("poll", FunctionDescriptor.of(INT, ADDRESS, LONG, INT));

    private final MemorySegment captured;

    /** @param arena lives as long as this object; calls are made by one thread at a time */
    public FileCalls(Arena arena) {
        captured = Libc.allocateErrno(arena);
    }

    /** Why the last call failed. */
    public int errno() {
        return Libc.errno(captured);
    }

    public SystemCallException failure(String call) {
        return Libc.failure(call, captured);
    }

    public int open(MemorySegment path, int flags) {
        try {
            return (int) OPEN.invokeExact(captured, path, flags);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int close(int fd) {
        try {
            return (int) CLOSE.invokeExact(captured, fd);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public long read(int fd, MemorySegment buffer, long length) {
        try {
            return (long) READ.invokeExact(captured, fd, buffer, length);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public long write(int fd, MemorySegment buffer, long length) {
        try {
            return (long) WRITE.invokeExact(captured, fd, buffer, length);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.invokeExact(captured, fd, request, argument);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int eventfd(int initial, int flags) {
        try {
            return (int) EVENTFD.invokeExact(captured, initial, flags);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    /** @param timeoutMillis -1 waits for ever */
    public int poll(MemorySegment pollfds, long count, int timeoutMillis) {
        try {
            return (int) POLL.invokeExact(captured, pollfds, count, timeoutMillis);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }
}
