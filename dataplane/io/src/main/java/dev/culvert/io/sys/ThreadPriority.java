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
    private static final int LOWEST = 19;

    private static final MethodHandle SETPRIORITY =
            Libc.function("setpriority", FunctionDescriptor.of(INT, INT, INT, INT));

    private ThreadPriority() {}

    /**
     * Gives the calling thread the lowest priority, for good: to raise it again takes a privilege. It gets what others
     * leave, and about a sixtieth of a processor that others want all of.
     *
     * @return whether the kernel did
     */
    public static boolean lowest() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Libc.allocateErrno(arena);
            return (int) SETPRIORITY.invokeExact(errno, PRIO_PROCESS, CALLER, LOWEST) == 0;
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }
}
