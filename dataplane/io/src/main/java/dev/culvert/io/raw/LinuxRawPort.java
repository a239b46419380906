package dev.culvert.io.raw;

import dev.culvert.io.socket.BatchSocket;
import dev.culvert.io.sys.FileCalls;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** A raw socket with IP_HDRINCL or IPV6_HDRINCL (raw(7)). */
final class LinuxRawPort implements RawPort {
    private static final int ICMPV6_FILTER_LENGTH = 32;

    private final Arena arena;
    private final FileCalls files;
    private final int fd;
    private final int protocol;
    private final boolean v4;
    private final BatchSocket messages;
    private boolean closed;

    private LinuxRawPort(Arena arena, FileCalls files, SocketCalls calls, int fd, int protocol, boolean v4) {
        this.arena = arena;
        this.files = files;
        this.fd = fd;
        this.protocol = protocol;
        this.v4 = v4;
        messages = new BatchSocket(arena, calls, fd, new UdpAddress(v4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6, 0));
    }

    static LinuxRawPort open(int ipVersion, int protocol) throws IOException {
        return open(ipVersion, protocol, (arena, calls, fd) -> {});
    }

    static LinuxRawPort openForTooBig(int ipVersion) throws IOException {
        return ipVersion == 4
                ? open(4, IpProtocol.ICMP, LinuxRawPort::passUnreachable)
                : open(6, IpProtocol.ICMPV6, LinuxRawPort::passTooBig);
    }

    /** raw(7) ICMP_FILTER: a bit for each type that is not wanted. */
    private static void passUnreachable(Arena arena, SocketCalls calls, int fd) throws SystemCallException {
        int blocked = ~(1 << Icmp.DESTINATION_UNREACHABLE);
        BatchSocket.option(calls, fd, SocketCalls.SOL_RAW, SocketCalls.ICMP_FILTER, blocked, "ICMP_FILTER");
    }

    /** RFC 3542 §3.2, {@code struct icmp6_filter}: on Linux a bit for each type that is not wanted. */
    private static void passTooBig(Arena arena, SocketCalls calls, int fd) throws SystemCallException {
        MemorySegment filter = arena.allocate(ICMPV6_FILTER_LENGTH, Integer.BYTES);
        filter.fill((byte) 0xff);
        filter.set(ValueLayout.JAVA_INT, 0, ~(1 << Icmp.V6_PACKET_TOO_BIG));
        if (calls.setsockopt(fd, SocketCalls.IPPROTO_ICMPV6, SocketCalls.ICMPV6_FILTER, filter) < 0) {
            throw calls.failure("setsockopt(ICMPV6_FILTER)");
        }
    }

    private interface Further {
        void configure(Arena arena, SocketCalls calls, int fd) throws SystemCallException;
    }

    private static LinuxRawPort open(int ipVersion, int protocol, Further further) throws IOException {
        Arena arena = Arena.ofShared();
        FileCalls files = new FileCalls(arena);
        SocketCalls calls = new SocketCalls(arena);
        boolean v4 = ipVersion == 4;
        int fd = calls.socket(
                v4 ? SocketCalls.AF_INET : SocketCalls.AF_INET6,
                SocketCalls.SOCK_RAW | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC,
                protocol);
        try {
            if (fd < 0) {
                throw calls.failure("socket(" + (v4 ? "AF_INET" : "AF_INET6") + ", SOCK_RAW, " + protocol + ")");
            }
            BatchSocket.configure(calls, fd, v4);
            if (v4) {
                BatchSocket.option(calls, fd, SocketCalls.IPPROTO_IP, SocketCalls.IP_HDRINCL, 1, "IP_HDRINCL");
            } else {
                BatchSocket.option(calls, fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_HDRINCL, 1, "IPV6_HDRINCL");
            }
            further.configure(arena, calls, fd);
            return new LinuxRawPort(arena, files, calls, fd, protocol, v4);
        } catch (IOException | RuntimeException e) {
            if (fd >= 0) {
                files.close(fd);
            }
            arena.close();
            throw e;
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int receive(PacketBatch batch) throws IOException {
        int before = batch.size();
        int received = messages.receive(batch);
        if (!v4) {
            for (int i = before; i < batch.size(); i++) {
                writeHeader(batch.buffer(i));
            }
        }
        return received;
    }

    private void writeHeader(PacketBuffer packet) {
        int header = packet.offset - Ipv6Header.LENGTH;
        Ipv6Header.write(
                packet.array,
                header,
                packet.length,
                protocol,
                Objects.requireNonNull(packet.remote).address(),
                Objects.requireNonNull(packet.local).address());
        Ipv6Header.trafficClass(packet.array, header, packet.trafficClass);
        packet.length += Ipv6Header.LENGTH;
        packet.offset = header;
    }

    @Override
    public int send(PacketBatch batch) throws IOException {
        for (int i = 0; i < batch.size(); i++) {
            // It is in the packet's own header.
            batch.buffer(i).trafficClass = 0;
        }
        return messages.send(batch);
    }

    @Override
    public long sendFailures() {
        return messages.sendFailures();
    }

    @Override
    public long oversizeReceived() {
        return messages.oversizeReceived();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            files.close(fd);
            arena.close();
        }
    }
}
