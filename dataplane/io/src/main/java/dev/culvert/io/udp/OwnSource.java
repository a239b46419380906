package dev.culvert.io.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.culvert.io.socket.OwnMark;
import dev.culvert.io.socket.SocketAddresses;
import dev.culvert.io.sys.FileCalls;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** From which address the agent's own sockets send, as the kernel's routes are now. */
public final class OwnSource {
    private static final int ANY_PORT = 500;

    private OwnSource() {}

    /**
     * The local address of packets to {@code peer}; empty if there is no way to it. Takes microseconds: a socket with our
     * mark connects, which looks up the route and sends nothing.
     */
    public static Optional<IpAddress> towards(IpAddress peer) {
        try (Arena arena = Arena.ofConfined()) {
            FileCalls files = new FileCalls(arena);
            SocketCalls calls = new SocketCalls(arena);
            int fd = calls.socket(
                    peer.isV4() ? SocketCalls.AF_INET : SocketCalls.AF_INET6,
                    SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC,
                    0);
            if (fd < 0) {
                return Optional.empty();
            }
            try {
                OwnMark.set(calls, fd);
                MemorySegment name = arena.allocate(SocketAddresses.LENGTH_V6, 8);
                SocketAddresses.write(new UdpAddress(peer, ANY_PORT), name, 0);
                MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddresses.LENGTH_V6);
                return calls.connect(fd, name, SocketAddresses.length(peer.isV4())) < 0
                                || calls.getsockname(fd, name, length) < 0
                        ? Optional.empty()
                        : Optional.of(new SocketAddresses().read(name, 0).address());
            } finally {
                files.close(fd);
            }
        }
    }
}
