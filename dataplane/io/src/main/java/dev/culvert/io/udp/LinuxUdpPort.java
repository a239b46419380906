package dev.culvert.io.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.culvert.io.socket.BatchSocket;
import dev.culvert.io.socket.MessageVector;
import dev.culvert.io.socket.SocketAddresses;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.FileCalls;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket by recvmmsg(2) and sendmmsg(2), with the local address of each datagram by IP_PKTINFO.
 *
 * <p>IP_MTU_DISCOVER is set to IP_PMTUDISC_DONT: the outer packet goes out without DF. A tunnel packet that is too long
 * for the path is then fragmented there and arrives, while with DF it would be lost until path MTU discovery for the outer
 * path exists; IKE messages longer than a path's MTU need fragments in any case.
 */
final class LinuxUdpPort implements UdpPort {
    private final Arena arena;
    private final FileCalls files;
    private final int fd;
    private final UdpAddress address;
    private final BatchSocket messages;

    private final Object one = new Object();
    private final SocketCalls callsForOne;
    private final MessageVector sentOne;

    /** Guarded by {@link #one}. */
    private boolean closed;

    private LinuxUdpPort(Arena arena, FileCalls files, SocketCalls calls, int fd, UdpAddress address) {
        boolean v4 = address.address().isV4();
        this.arena = arena;
        this.files = files;
        this.fd = fd;
        this.address = address;
        messages = new BatchSocket(arena, calls, fd, address);
        callsForOne = new SocketCalls(arena);
        sentOne = new MessageVector(arena, v4, 1, BatchSocket.LARGEST);
    }

    static LinuxUdpPort open(UdpAddress wanted) throws IOException {
        Arena arena = Arena.ofShared();
        FileCalls files = new FileCalls(arena);
        SocketCalls calls = new SocketCalls(arena);
        boolean v4 = wanted.address().isV4();
        int fd = calls.socket(
                v4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6,
                SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC,
                0);
        try {
            if (fd < 0) {
                throw calls.failure("socket(" + (v4 ? "AF_INET" : "AF_INET6") + ", SOCK_DGRAM)");
            }
            configure(calls, fd, v4);
            return new LinuxUdpPort(arena, files, calls, fd, bind(arena, calls, fd, wanted));
        } catch (IOException | RuntimeException e) {
            if (fd >= 0) {
                files.close(fd);
            }
            arena.close();
            throw e;
        }
    }

    private static void configure(SocketCalls calls, int fd, boolean v4) throws SystemCallException {
        BatchSocket.configure(calls, fd, v4);
        if (v4) {
            BatchSocket.option(
                    calls,
                    fd,
                    SocketCalls.IPPROTO_IP,
                    SocketCalls.IP_MTU_DISCOVER,
                    SocketCalls.PMTUDISC_DONT,
                    "IP_MTU_DISCOVER");
        } else {
            BatchSocket.option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
            BatchSocket.option(
                    calls,
                    fd,
                    SocketCalls.IPPROTO_IPV6,
                    SocketCalls.IPV6_MTU_DISCOVER,
                    SocketCalls.PMTUDISC_DONT,
                    "IPV6_MTU_DISCOVER");
        }
    }

    private static UdpAddress bind(Arena arena, SocketCalls calls, int fd, UdpAddress wanted)
            throws SystemCallException {
        int length = SocketAddresses.length(wanted.address().isV4());
        MemorySegment name = arena.allocate(SocketAddresses.LENGTH_V6, 8);
        SocketAddresses.write(wanted, name, 0);
        if (calls.bind(fd, name, length) < 0) {
            throw calls.failure("bind(" + wanted + ")");
        }
        MemorySegment nameLength = arena.allocateFrom(JAVA_INT, SocketAddresses.LENGTH_V6);
        if (calls.getsockname(fd, name, nameLength) < 0) {
            throw calls.failure("getsockname(" + wanted + ")");
        }
        return new SocketAddresses().read(name, 0);
    }

    @Override
    public UdpAddress address() {
        return address;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int receive(PacketBatch batch) throws IOException {
        return messages.receive(batch);
    }

    @Override
    public int send(PacketBatch batch) throws IOException {
        return messages.send(batch);
    }

    @Override
    public boolean sendOne(@Nullable UdpAddress local, UdpAddress remote, byte[] payload, int offset, int length) {
        synchronized (one) {
            if (closed) {
                return false;
            }
            if (length > BatchSocket.LARGEST) {
                messages.countFailure(Errno.EMSGSIZE);
                return false;
            }
            sentOne.putSend(0, payload, offset, length, remote, local, 0);
            int result;
            do {
                result = callsForOne.sendmmsg(fd, sentOne.from(0), 1, SocketCalls.MSG_DONTWAIT);
            } while (result < 0 && callsForOne.errno() == Errno.EINTR);
            if (result < 0) {
                messages.countFailure(callsForOne.errno());
            }
            return result == 1;
        }
    }

    @Override
    public Sender newSender() {
        return new LinuxSender(fd, address.address().isV4(), messages::countFailure);
    }

    @Override
    public long sendFailures() {
        return messages.sendFailures();
    }

    @Override
    public int lastSendErrno() {
        return messages.lastSendErrno();
    }

    @Override
    public long oversizeReceived() {
        return messages.oversizeReceived();
    }

    @Override
    public void close() {
        synchronized (one) {
            if (!closed) {
                closed = true;
                files.close(fd);
                arena.close();
            }
        }
    }
}
