package dev.culvert.io.tcp;

import dev.culvert.wire.StreamFraming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection. The reading thread owns it; others may send on it, one message after the other, and what the kernel has
 * no room for waits in a bounded buffer.
 */
final class Connection {
    /** Octets that may wait to be sent. Beyond that ESP is dropped, as a full queue before a slow link would. */
    private static final int SEND_BUFFER = 256 << 10;

    /** Octets of it that only IKE messages may use: rekeying and liveness checks must get through a congested stream. */
    private static final int RESERVED_FOR_IKE = 64 << 10;

    /** Reads in a row before other connections get their turn. */
    private static final int ROUNDS = 8;

    private final SocketChannel channel;
    private final boolean originator;
    private final StreamFraming framing;
    private final ByteBuffer in;
    private final Object sending = new Object();

    /** Guarded by {@link #sending}, like the next two. */
    private @Nullable ByteBuffer out;

    private boolean connected;
    private boolean closed;

    /** Where it is entered: as asked for, and as it really is. */
    private final StreamAddress asked;

    private StreamAddress ends;
    private @Nullable SelectionKey key;
    private boolean kept;
    private boolean heard;
    /** When it is closed unless it proves its worth; {@link Long#MAX_VALUE} for never. */
    private long deadlineNanos;

    Connection(SocketChannel channel, boolean originator, StreamAddress ends, int longest, long deadlineNanos) {
        this.channel = channel;
        this.originator = originator;
        this.framing = new StreamFraming(!originator, longest);
        this.in = ByteBuffer.allocate(2 * framing.bufferSize());
        this.asked = ends;
        this.ends = ends;
        this.deadlineNanos = deadlineNanos;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Whether we opened it. */
    boolean originator() {
        return originator;
    }

    StreamAddress asked() {
        return asked;
    }

    StreamAddress ends() {
        return ends;
    }

    /** Whether an IKE SA uses it. */
    boolean kept() {
        return kept;
    }

    void keep() {
        kept = true;
        deadlineNanos = Long.MAX_VALUE;
    }

    void release(long newDeadlineNanos) {
        kept = false;
        deadlineNanos = newDeadlineNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether this is the first whole message. */
    boolean firstMessage() {
        boolean first = !heard;
        heard = true;
        return first;
    }

    void deadline(long newDeadlineNanos) {
        deadlineNanos = newDeadlineNanos;
    }

    void registered(SelectionKey newKey) {
        key = newKey;
    }

    /** It is open: what waits is sent. Reading thread. */
    void connected() throws IOException {
        ends = StreamAddress.of(channel);
        synchronized (sending) {
            connected = true;
        }
        flush();
    }

    /**
     * Reads what has come.
     *
     * @return how taking it ended, or null when the stream is at its end
     */
    StreamFraming.@Nullable Result read(StreamFraming.Sink sink) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int read = channel.read(in);
            StreamFraming.Result result = take(sink);
            if (result != StreamFraming.Result.TAKEN) {
                return result;
            }
            if (read <= 0) {
                return read < 0 ? null : result;
            }
        }
        return StreamFraming.Result.TAKEN;
    }

    /** Takes what is whole in the buffer, also once more after the sink was full. */
    StreamFraming.Result take(StreamFraming.Sink sink) {
        in.flip();
        StreamFraming.Result result = framing.take(in, sink);
        in.compact();
        return result;
    }

    long oversize() {
        return framing.oversize();
    }

    /**
     * Puts a message behind those that wait.
     *
     * @param markerOctets of the non-ESP marker before an IKE message, 0 for ESP
     * @return false if there is no room, or it is closed
     */
    boolean enqueue(int markerOctets, byte[] array, int offset, int length) {
        synchronized (sending) {
            if (closed) {
                return false;
            }
            ByteBuffer buffer = out;
            if (buffer == null) {
                buffer = ByteBuffer.allocate(SEND_BUFFER);
                out = buffer;
                if (originator) {
                    buffer.put(StreamFraming.prefix());
                }
            }
            int reserved = markerOctets == 0 ? RESERVED_FOR_IKE : 0;
            return buffer.remaining() - length >= reserved
                    && StreamFraming.put(buffer, markerOctets, array, offset, length);
        }
    }

    /** Hands over to the kernel what it has room for, and waits for room for the rest. Any thread. */
    void flush() throws IOException {
        synchronized (sending) {
            ByteBuffer buffer = out;
            if (!connected || closed || buffer == null) {
                return;
            }
            buffer.flip();
            try {
                channel.write(buffer);
            } finally {
                buffer.compact();
            }
            awaitRoom(buffer.position() > 0);
        }
    }

    private void awaitRoom(boolean wanted) {
        SelectionKey registered = key;
        if (registered == null || !registered.isValid()) {
            return;
        }
        boolean waiting = (registered.interestOps() & SelectionKey.OP_WRITE) != 0;
        if (wanted && !waiting) {
            registered.interestOpsOr(SelectionKey.OP_WRITE);
            registered.selector().wakeup();
        } else if (!wanted && waiting) {
            registered.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
    }

    void close() {
        synchronized (sending) {
            closed = true;
            out = null;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone all the same.
        }
    }
}
