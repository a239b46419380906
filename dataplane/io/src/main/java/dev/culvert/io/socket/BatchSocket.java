package dev.culvert.io.socket;

import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.LongAdder;

/** Receives and sends batches on a non-blocking socket by recvmmsg(2) and sendmmsg(2). One thread; counters for all. */
public final class BatchSocket {
    /** Bytes of the largest message. */
    public static final int LARGEST = 65_536;

    private static final int BATCH = 64;
    /** Enough for some milliseconds at full speed; beyond net.core.rmem_max only with CAP_NET_ADMIN. */
    private static final int SOCKET_BUFFER = 8 << 20;

    private final SocketCalls calls;
    private final int fd;
    private final UdpAddress bound;
    private final SocketAddresses addresses = new SocketAddresses();
    private final MessageVector received;
    private final MessageVector sent;
    private final LongAdder sendFailures = new LongAdder();
    private final LongAdder oversize = new LongAdder();
    private volatile int lastSendErrno;

    /** @param bound the socket's address, for messages that come without packet info and for reports */
    public BatchSocket(Arena arena, SocketCalls calls, int fd, UdpAddress bound) {
        boolean v4 = bound.address().isV4();
        this.calls = calls;
        this.fd = fd;
        this.bound = bound;
        received = new MessageVector(arena, v4, BATCH, LARGEST);
        sent = new MessageVector(arena, v4, BATCH, LARGEST);
    }

    /**
     * Has the socket say for each message where it was sent to and its DSCP and ECN, gives it large buffers, and
     * {@linkplain OwnMark marks} what it sends.
     */
    public static void configure(SocketCalls calls, int fd, boolean v4) throws SystemCallException {
        growBuffer(calls, fd, SocketCalls.SO_RCVBUFFORCE, SocketCalls.SO_RCVBUF);
        growBuffer(calls, fd, SocketCalls.SO_SNDBUFFORCE, SocketCalls.SO_SNDBUF);
        OwnMark.set(calls, fd);
        if (v4) {
            option(calls, fd, SocketCalls.IPPROTO_IP, SocketCalls.IP_PKTINFO, 1, "IP_PKTINFO");
            option(calls, fd, SocketCalls.IPPROTO_IP, SocketCalls.IP_RECVTOS, 1, "IP_RECVTOS");
        } else {
            option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
            option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_RECVTCLASS, 1, "IPV6_RECVTCLASS");
        }
    }

    /** Sets an option. */
    public static void option(SocketCalls calls, int fd, int level, int option, int value, String name)
            throws SystemCallException {
        if (calls.setsockopt(fd, level, option, value) < 0) {
            throw calls.failure("setsockopt(" + name + ", " + value + ")");
        }
    }

    private static void growBuffer(SocketCalls calls, int fd, int forced, int modest) {
        if (calls.setsockopt(fd, SocketCalls.SOL_SOCKET, forced, SOCKET_BUFFER) < 0) {
            // Without CAP_NET_ADMIN the kernel gives what net.core.[rw]mem_max allows, and says no error.
            calls.setsockopt(fd, SocketCalls.SOL_SOCKET, modest, SOCKET_BUFFER);
        }
    }

    /** Receives behind what the batch holds, until it is full or nothing is left; returns how many. */
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
                    default -> throw calls.failure("recvmmsg(" + bound + ")");
                }
            }
            for (int i = 0; i < got; i++) {
                if (received.wasTruncated(i)) {
                    oversize.increment();
                } else {
                    received.takeReceived(i, batch.add(), addresses, bound);
                    total++;
                }
            }
            if (got < wanted) {
                return total;
            }
        }
        return total;
    }

    /** Sends; what the socket has no room for stays, whatever else fails is counted. Returns how many were sent. */
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
                sent.putSend(
                        i,
                        packet.array,
                        packet.offset,
                        packet.length,
                        packet.remote,
                        packet.local,
                        packet.trafficClass);
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

    public long sendFailures() {
        return sendFailures.sum();
    }

    public int lastSendErrno() {
        return lastSendErrno;
    }

    public long oversizeReceived() {
        return oversize.sum();
    }

    /** Counts what another way of sending on the same socket lost. Any thread. */
    public void countFailure(int errno) {
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
