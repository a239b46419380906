package dev.culvert.io.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * What the classes of system calls share: looking a function up in the C library, and errno.
 *
 * <p>Every handle made here takes as its first argument a segment of {@link #ERRNO_LAYOUT} that errno is written to if
 * the call fails. Each owner of a file descriptor has such a segment of its own, so that threads do not share one.
 */
final class Libc {
    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Libc() {}

    /** A function of fixed arguments. */
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return link(name, descriptor, List.of());
    }

    /** A variadic function; {@code firstVariadic} is the index of its first argument behind the fixed ones. */
    static MethodHandle variadic(String name, int firstVariadic, FunctionDescriptor descriptor) {
        return link(name, descriptor, List.of(Linker.Option.firstVariadicArg(firstVariadic)));
    }

    static MemorySegment allocateErrno(Arena arena) {
        return arena.allocate(ERRNO_LAYOUT);
    }

    static int errno(MemorySegment captured) {
        return (int) ERRNO.get(captured, 0L);
    }

    static SystemCallException failure(String call, MemorySegment captured) {
        return new SystemCallException(call, new Errno(errno(captured)));
    }

    /** What a downcall's {@code Throwable} can only be: a bug. */
    static AssertionError impossible(Throwable thrown) {
        return new AssertionError("a system call does not throw", thrown);
    }

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    @SuppressWarnings("restricted") // the C library is what this module is for
    private static MethodHandle link(String name, FunctionDescriptor descriptor, List<Linker.Option> options) {
        MemorySegment address = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        List<Linker.Option> all = new ArrayList<>(options);
        all.add(Linker.Option.captureCallState("errno"));
        return LINKER.downcallHandle(address, descriptor, all.toArray(Linker.Option[]::new));
    }
}
