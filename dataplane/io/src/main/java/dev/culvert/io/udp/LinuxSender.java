package dev.culvert.io.udp;

import dev.culvert.io.socket.BatchSocket;
import dev.culvert.io.socket.MessageVector;
import dev.culvert.io.sys.Errno;
import dev.culvert.io.sys.SocketCalls;
import dev.culvert.wire.UdpAddress;
import java.lang.foreign.Arena;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Single datagrams by sendmmsg(2), with buffers of its own. Belongs to one thread. */
final class LinuxSender implements UdpPort.Sender {
    private final Arena arena = Arena.ofShared();
    private final SocketCalls calls = new SocketCalls(arena);
    private final MessageVector message;
    private final int fd;
    private final IntConsumer onFailure;
    private boolean closed;

    /**
     * @param fd the port's, which stays open for longer
     * @param onFailure takes the errno of what could not be sent
     */
    LinuxSender(int fd, boolean v4, IntConsumer onFailure) {
        this.fd = fd;
        this.onFailure = onFailure;
        message = new MessageVector(arena, v4, 1, BatchSocket.LARGEST);
    }

    @Override
    public boolean send(@Nullable UdpAddress local, UdpAddress remote, byte[] payload) {
        if (closed) {
            return false;
        }
        if (payload.length > BatchSocket.LARGEST) {
            onFailure.accept(Errno.EMSGSIZE);
            return false;
        }
        message.putSend(0, payload, 0, payload.length, remote, local, 0);
        int result;
        do {
            result = calls.sendmmsg(fd, message.from(0), 1, SocketCalls.MSG_DONTWAIT);
        } while (result < 0 && calls.errno() == Errno.EINTR);
        if (result < 0) {
            onFailure.accept(calls.errno());
        }
        return result == 1;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            arena.close();
        }
    }
}
