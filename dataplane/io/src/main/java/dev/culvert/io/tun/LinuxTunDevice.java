package dev.culvert.io.tun;

import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.FileCalls;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * A TUN device by {@code /dev/net/tun} (Linux Documentation/networking/tuntap.rst). One packet a system call, through a
 * buffer outside the heap that is copied from and to: a call that might block must not hold the collector up, and the copy
 * of a packet costs a hundredth of the call.
 */
final class LinuxTunDevice implements TunDevice {
    private static final long TUNSETIFF = 0x400454caL;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFMTU = 0x8922;
    private static final short IFF_TUN = 1;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_UP = 1;
    /** {@code struct ifreq}: 16 bytes of name, then a union of 24. */
    private static final long IFREQ_LENGTH = 40;

    private static final long IFREQ_VALUE = 16;
    private static final int NAME_LENGTH = 16;
    private static final int LARGEST_PACKET = 65_535;

    private final Arena arena;
    private final FileCalls calls;
    private final MemorySegment buffer;
    private final int fd;
    private final String name;
    private final int mtu;
    private final LongAdder writeFailures = new LongAdder();
    private final LongAdder oversizeReads = new LongAdder();
    private boolean closed;

    private LinuxTunDevice(Arena arena, FileCalls calls, int fd, String name, int mtu) {
        this.arena = arena;
        this.calls = calls;
        this.buffer = arena.allocate(LARGEST_PACKET);
        this.fd = fd;
        this.name = name;
        this.mtu = mtu;
    }

    static LinuxTunDevice create(String name, int mtu) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= NAME_LENGTH) {
            throw new IllegalArgumentException("device name '" + name + "' has not 1 to 15 bytes");
        }
        Arena arena = Arena.ofShared();
        FileCalls calls = new FileCalls(arena);
        int fd = -1;
        try {
            fd = calls.open(
                    arena.allocateFrom("/dev/net/tun"), FileCalls.O_RDWR | FileCalls.O_NONBLOCK | FileCalls.O_CLOEXEC);
            if (fd < 0) {
                throw calls.failure("open(/dev/net/tun)");
            }
            MemorySegment request = arena.allocate(IFREQ_LENGTH, 8);
            MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
            request.set(ValueLayout.JAVA_SHORT, IFREQ_VALUE, (short) (IFF_TUN | IFF_NO_PI));
            if (calls.ioctl(fd, TUNSETIFF, request) < 0) {
                throw calls.failure("ioctl(TUNSETIFF, " + name + ")");
            }
            String given = request.getString(0);
            bringUp(arena, calls, given, mtu);
            return new LinuxTunDevice(arena, calls, fd, given, mtu);
        } catch (IOException | RuntimeException e) {
            if (fd >= 0) {
                calls.close(fd);
            }
            arena.close();
            throw e;
        }
    }

    private static void bringUp(Arena arena, FileCalls calls, String name, int mtu) throws IOException {
        SocketCalls sockets = new SocketCalls(arena);
        int socket = sockets.socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw sockets.failure("socket(AF_INET)");
        }
        try {
            MemorySegment request = arena.allocate(IFREQ_LENGTH, 8);
            request.setString(0, name);
            request.set(ValueLayout.JAVA_INT, IFREQ_VALUE, mtu);
            if (calls.ioctl(socket, SIOCSIFMTU, request) < 0) {
                throw calls.failure("ioctl(SIOCSIFMTU, " + name + ", " + mtu + ")");
            }
            if (calls.ioctl(socket, SIOCGIFFLAGS, request) < 0) {
                throw calls.failure("ioctl(SIOCGIFFLAGS, " + name + ")");
            }
            short flags = request.get(ValueLayout.JAVA_SHORT, IFREQ_VALUE);
            request.set(ValueLayout.JAVA_SHORT, IFREQ_VALUE, (short) (flags | IFF_UP));
            if (calls.ioctl(socket, SIOCSIFFLAGS, request) < 0) {
                throw calls.failure("ioctl(SIOCSIFFLAGS, " + name + ", IFF_UP)");
            }
        } finally {
            calls.close(socket);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int read(PacketBatch batch) throws IOException {
        int packets = 0;
        while (!batch.isFull()) {
            PacketBuffer packet = batch.buffer(batch.size());
            // Always with room for the longest: into less the kernel would read a part of the packet and say nothing.
            long length = calls.read(fd, buffer, LARGEST_PACKET);
            if (length < 0) {
                switch (calls.errno()) {
                    case Errno.EAGAIN -> {
                        return packets;
                    }
                    case Errno.EINTR -> {
                        continue;
                    }
                    default -> throw calls.failure("read(" + name + ")");
                }
            }
            if (length > packet.maximumLength()) {
                oversizeReads.increment();
                continue;
            }
            packet.clear();
            packet.length = (int) length;
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, packet.array, packet.offset, packet.length);
            batch.size(batch.size() + 1);
            packets++;
        }
        return packets;
    }

    @Override
    public int write(PacketBatch batch) {
        int written = 0;
        for (int i = 0; i < batch.size(); i++) {
            PacketBuffer packet = batch.buffer(i);
            MemorySegment.copy(packet.array, packet.offset, buffer, ValueLayout.JAVA_BYTE, 0, packet.length);
            long result;
            do {
                result = calls.write(fd, buffer, packet.length);
            } while (result < 0 && calls.errno() == Errno.EINTR);
            if (result < 0) {
                writeFailures.increment();
            } else {
                written++;
            }
        }
        batch.clear();
        return written;
    }

    @Override
    public long writeFailures() {
        return writeFailures.sum();
    }

    @Override
    public long oversizeReads() {
        return oversizeReads.sum();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
            arena.close();
        }
    }
}
