package dev.culvert.io.socket;

import dev.culvert.io.sys.SocketCalls;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6} to and from values. Addresses that were read lately are kept, so
 * that a stream of datagrams between two addresses makes no garbage. One thread.
 */
public final class SocketAddresses {
    public static final int LENGTH_V4 = 16;
    public static final int LENGTH_V6 = 28;

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    static final ValueLayout.OfShort BE_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt BE_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong BE_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long PORT = 2;
    private static final long ADDRESS_V4 = 4;
    private static final long ADDRESS_V6 = 8;
    private static final int KEPT = 1024;

    private final @Nullable UdpAddress[] kept = new @Nullable UdpAddress[KEPT];

    /** Bytes of a socket address of an IP version. */
    public static int length(boolean v4) {
        return v4 ? LENGTH_V4 : LENGTH_V6;
    }

    public static void write(UdpAddress address, MemorySegment memory, long offset) {
        IpAddress ip = address.address();
        boolean v4 = ip.isV4();
        memory.asSlice(offset, length(v4)).fill((byte) 0);
        memory.set(SHORT, offset, (short) (v4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6));
        memory.set(BE_SHORT, offset + PORT, (short) address.port());
        if (v4) {
            memory.set(BE_INT, offset + ADDRESS_V4, (int) ip.low());
        } else {
            memory.set(BE_LONG, offset + ADDRESS_V6, ip.high());
            memory.set(BE_LONG, offset + ADDRESS_V6 + 8, ip.low());
        }
    }

    /** Reads the socket address at an offset. */
    public UdpAddress read(MemorySegment memory, long offset) {
        int port = memory.get(BE_SHORT, offset + PORT) & 0xffff;
        return memory.get(SHORT, offset) == SocketCalls.AF_INET
                ? v4(memory, offset + ADDRESS_V4, port)
                : v6(memory, offset + ADDRESS_V6, port);
    }

    /** An IPv4 address of 4 bytes in memory with a port. */
    UdpAddress v4(MemorySegment memory, long offset, int port) {
        return intern(4, 0, memory.get(BE_INT, offset) & 0xffffffffL, port);
    }

    /** An IPv6 address of 16 bytes in memory with a port. */
    UdpAddress v6(MemorySegment memory, long offset, int port) {
        return intern(6, memory.get(BE_LONG, offset), memory.get(BE_LONG, offset + 8), port);
    }

    private UdpAddress intern(int version, long high, long low, int port) {
        long mixed = (high * 31 + low) * 31 + port;
        int slot = (int) ((mixed * 0x9E3779B97F4A7C15L) >>> 54);
        UdpAddress before = kept[slot];
        if (before != null
                && before.port() == port
                && before.address().low() == low
                && before.address().high() == high
                && before.address().version() == version) {
            return before;
        }
        UdpAddress made = new UdpAddress(new IpAddress(version, high, low), port);
        kept[slot] = made;
        return made;
    }
}
