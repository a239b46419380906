package dev.culvert.io.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.FileCalls;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket by recvmmsg(2) and sendmmsg(2), with the local address of each datagram by IP_PKTINFO.
 *
 * <p>IP_MTU_DISCOVER is set to IP_PMTUDISC_DONT: the outer packet goes out without DF. A tunnel packet that is too long
 * for the path is then fragmented there and arrives, while with DF it would be lost until path MTU discovery for the outer
 * path exists; IKE messages longer than a path's MTU need fragments in any case.
 */
final class LinuxUdpPort implements UdpPort {
    private static final int BATCH = 64;
    private static final int LARGEST_DATAGRAM = 65_536;
    /** Enough for some milliseconds at full speed; beyond net.core.rmem_max only with CAP_NET_ADMIN. */
    private static final int SOCKET_BUFFER = 8 << 20;

    private final Arena arena;
    private final FileCalls files;
    private final SocketCalls calls;
    private final int fd;
    private final UdpAddress address;
    private final SocketAddresses addresses = new SocketAddresses();
    private final MessageVector received;
    private final MessageVector sent;

    private final Object one = new Object();
    private final SocketCalls callsForOne;
    private final MessageVector sentOne;

    private final LongAdder sendFailures = new LongAdder();
    private final LongAdder oversize = new LongAdder();
    private volatile int lastSendErrno;
    /** Guarded by {@link #one}. */
    private boolean closed;

    private LinuxUdpPort(Arena arena, FileCalls files, SocketCalls calls, int fd, UdpAddress address) {
        boolean v4 = address.address().isV4();
        this.arena = arena;
        this.files = files;
        this.calls = calls;
        this.fd = fd;
        this.address = address;
        received = new MessageVector(arena, v4, BATCH, LARGEST_DATAGRAM);
        sent = new MessageVector(arena, v4, BATCH, LARGEST_DATAGRAM);
        callsForOne = new SocketCalls(arena);
        sentOne = new MessageVector(arena, v4, 1, LARGEST_DATAGRAM);
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
        growBuffer(calls, fd, SocketCalls.SO_RCVBUFFORCE, SocketCalls.SO_RCVBUF);
        growBuffer(calls, fd, SocketCalls.SO_SNDBUFFORCE, SocketCalls.SO_SNDBUF);
        if (v4) {
            option(calls, fd, SocketCalls.IPPROTO_IP, SocketCalls.IP_PKTINFO, 1, "IP_PKTINFO");
            option(
                    calls,
                    fd,
                    SocketCalls.IPPROTO_IP,
                    SocketCalls.IP_MTU_DISCOVER,
                    SocketCalls.PMTUDISC_DONT,
                    "IP_MTU_DISCOVER");
        } else {
            option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
            option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
            option(
                    calls,
                    fd,
                    SocketCalls.IPPROTO_IPV6,
                    SocketCalls.IPV6_MTU_DISCOVER,
                    SocketCalls.PMTUDISC_DONT,
                    "IPV6_MTU_DISCOVER");
        }
    }

    private static void growBuffer(SocketCalls calls, int fd, int forced, int modest) {
        if (calls.setsockopt(fd, SocketCalls.SOL_SOCKET, forced, SOCKET_BUFFER) < 0) {
            // Without CAP_NET_ADMIN the kernel gives what net.core.[rw]mem_max allows, and says no error.
            calls.setsockopt(fd, SocketCalls.SOL_SOCKET, modest, SOCKET_BUFFER);
        }
    }

    private static void option(SocketCalls calls, int fd, int level, int option, int value, String name)
            throws SystemCallException {
        if (calls.setsockopt(fd, level, option, value) < 0) {
            throw calls.failure("setsockopt(" + name + ", " + value + ")");
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
        int total = 0;
        while (!batch.isFull()) {
            int wanted = Math.min(BATCH, batch.capacity() - batch.size());
            for (int i = 0; i < wanted; i++) {
                received.prepareReceive(i, batch.buffer(batch.size() + i).maximumLength());
            }
            int got = calls.recvmmsg(fd, received.from(0), wanted, SocketCalls.MSG_DONTWAIT);
            if (got < 0) {
                switch (calls.errno()) {
                    case Errno.EAGAIN -> {
                        return total;
                    }
                    case Errno.EINTR -> {
                        continue;
                    }
                    default -> throw calls.failure("recvmmsg(" + address + ")");
                }
            }
            for (int i = 0; i < got; i++) {
                if (received.wasTruncated(i)) {
                    oversize.increment();
                } else {
                    received.takeReceived(i, batch.add(), addresses, address);
                    total++;
                }
            }
            if (got < wanted) {
                return total;
            }
        }
        return total;
    }

    @Override
    public int send(PacketBatch batch) throws IOException {
        int done = 0;
        int total = 0;
        while (done < batch.size()) {
            int count = Math.min(BATCH, batch.size() - done);
            for (int i = 0; i < count; i++) {
                PacketBuffer packet = batch.buffer(done + i);
                if (packet.remote == null) {
                    throw new IllegalArgumentException("a datagram without a remote address");
                }
                sent.putSend(i, packet.array, packet.offset, packet.length, packet.remote, packet.local);
            }
            int taken = 0;
            while (taken < count) {
                int now = calls.sendmmsg(fd, sent.from(taken), count - taken, SocketCalls.MSG_DONTWAIT);
                if (now >= 0) {
                    taken += now;
                    total += now;
                } else if (calls.errno() == Errno.EAGAIN) {
                    keepFrom(batch, done + taken);
                    return total;
                } else if (calls.errno() != Errno.EINTR) {
                    countFailure(calls.errno());
                    taken++;
                }
            }
            done += count;
        }
        batch.clear();
        return total;
    }

    @Override
    public boolean sendOne(@Nullable UdpAddress local, UdpAddress remote, byte[] payload, int offset, int length) {
        synchronized (one) {
            if (closed) {
                return false;
            }
            if (length > LARGEST_DATAGRAM) {
                countFailure(Errno.EMSGSIZE);
                return false;
            }
            sentOne.putSend(0, payload, offset, length, remote, local);
            int result;
            do {
                result = callsForOne.sendmmsg(fd, sentOne.from(0), 1, SocketCalls.MSG_DONTWAIT);
            } while (result < 0 && callsForOne.errno() == Errno.EINTR);
            if (result < 0) {
                countFailure(callsForOne.errno());
            }
            return result == 1;
        }
    }

    @Override
    public long sendFailures() {
        return sendFailures.sum();
    }

    @Override
    public int lastSendErrno() {
        return lastSendErrno;
    }

    @Override
    public long oversizeReceived() {
        return oversize.sum();
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

    private void countFailure(int errno) {
        sendFailures.increment();
        lastSendErrno = errno;
    }

    /** Moves what was not sent to the front. */
    private static void keepFrom(PacketBatch batch, int first) {
        int left = batch.size() - first;
        if (first > 0) {
            for (int i = 0; i < left; i++) {
                batch.swap(i, first + i);
            }
        }
        batch.size(left);
    }
}
