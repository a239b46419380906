package dev.culvert.io.sys;

import static dev.culvert.io.sys.Libc.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** setpriority(2). On Linux it is a thread that has a nice value, not a process. */
public final class ThreadPriority {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLER = 0;
    private static final int LOW = 15;

    private static final MethodHandle SETPRIORITY =
            Libc.function("setpriority", FunctionDescriptor.of(INT, INT, INT, INT));

    private ThreadPriority() {}

    /**
     * Gives the calling thread a low priority, for good: to raise it again takes a privilege. It gets what others leave,
     * and about a thirtieth of a processor that one other thread wants all of.
     *
     * @return whether the kernel did
     */
    public static boolean low() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Libc.allocateErrno(arena);
            return (int) SETPRIORITY.invokeExact(errno, PRIO_PROCESS, CALLER, LOW) == 0;
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }
}
