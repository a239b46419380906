package dev.culvert.io.sys;

import static dev.culvert.io.sys.Libc.INT;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * socket(2), bind(2), connect(2), setsockopt(2), getsockname(2), recvmmsg(2), sendmmsg(2). Failures are negative results; see
 * {@link #errno}. The numbers are those of Linux on x86-64 and aarch64.
 */
public final class SocketCalls {
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_MARK = 36;
    public static final int IPPROTO_IP = 0;
    public static final int IP_TOS = 1;
    public static final int IP_HDRINCL = 3;
    public static final int IP_PKTINFO = 8;
    public static final int IP_MTU_DISCOVER = 10;
    public static final int IP_RECVTOS = 13;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_MTU_DISCOVER = 23;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_HDRINCL = 36;
    public static final int IPV6_RECVPKTINFO = 49;
    public static final int IPV6_PKTINFO = 50;
    public static final int IPV6_RECVTCLASS = 66;
    public static final int IPV6_TCLASS = 67;
    public static final int PMTUDISC_DONT = 0;
    public static final int SOL_RAW = 255;
    public static final int ICMP_FILTER = 1;
    public static final int IPPROTO_ICMPV6 = 58;
    public static final int ICMPV6_FILTER = 1;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;

    private static final MethodHandle SOCKET = Libc.function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = Libc.function("bind", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
    private static final MethodHandle CONNECT = Libc.function("connect", FunctionDescriptor.of(INT, INT, ADDRESS, INT));
    private static final MethodHandle SETSOCKOPT =
            Libc.function("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ADDRESS, INT));
    private static final MethodHandle GETSOCKNAME =
            Libc.function("getsockname", FunctionDescriptor.of(INT, INT, ADDRESS, ADDRESS));
    private static final MethodHandle RECVMMSG =
            Libc.function("recvmmsg", FunctionDescriptor.of(INT, INT, ADDRESS, INT, INT, ADDRESS));
    private static final MethodHandle SENDMMSG =
            Libc.function("sendmmsg", FunctionDescriptor.of(INT, INT, ADDRESS, INT, INT));

    private final MemorySegment captured;
    private final MemorySegment value;

    /** @param arena lives as long as this object; calls are made by one thread at a time */
    public SocketCalls(Arena arena) {
        captured = Libc.allocateErrno(arena);
        value = arena.allocate(INT);
    }

    /** Why the last call failed. */
    public int errno() {
        return Libc.errno(captured);
    }

    public SystemCallException failure(String call) {
        return Libc.failure(call, captured);
    }

    public int socket(int domain, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(captured, domain, type, protocol);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int bind(int fd, MemorySegment address, int length) {
        try {
            return (int) BIND.invokeExact(captured, fd, address, length);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int connect(int fd, MemorySegment address, int length) {
        try {
            return (int) CONNECT.invokeExact(captured, fd, address, length);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    /** Sets an option whose value is an int. */
    public int setsockopt(int fd, int level, int option, int newValue) {
        value.set(INT, 0, newValue);
        try {
            return (int) SETSOCKOPT.invokeExact(captured, fd, level, option, value, (int) INT.byteSize());
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    /** Sets an option whose value is a structure. */
    public int setsockopt(int fd, int level, int option, MemorySegment newValue) {
        try {
            return (int) SETSOCKOPT.invokeExact(captured, fd, level, option, newValue, (int) newValue.byteSize());
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int getsockname(int fd, MemorySegment address, MemorySegment length) {
        try {
            return (int) GETSOCKNAME.invokeExact(captured, fd, address, length);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    /** Without a timeout: give {@link #MSG_DONTWAIT}. */
    public int recvmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) RECVMMSG.invokeExact(captured, fd, messages, count, flags, MemorySegment.NULL);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }

    public int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        try {
            return (int) SENDMMSG.invokeExact(captured, fd, messages, count, flags);
        } catch (Throwable t) {
            throw Libc.impossible(t);
        }
    }
}
