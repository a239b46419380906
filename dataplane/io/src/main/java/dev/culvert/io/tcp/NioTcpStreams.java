package dev.culvert.io.tcp;

import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.StreamFraming;
import dev.culvert.wire.UdpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** {@link TcpStreams} by a selector with a thread of its own, which owns all connections; senders write themselves. */
final class NioTcpStreams implements TcpStreams {
    private static final int BACKLOG = 128;
    private static final int NON_ESP_MARKER = 4;
    private static final int ESP = 0;
    private static final long LONGEST_SELECT_MILLIS = 1000;

    /** While the packet loop has to take messages before more can be read. */
    private static final long STALLED_SELECT_MILLIS = 1;

    private static final long PAUSE_NANOS = 10_000_000;

    private final StreamLimits limits;
    private final int longest;
    private final Listener listener;
    private final Selector selector;
    private final ReceivedMessages received;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** A connection is here under the ends that were asked for, and under those that it has. */
    private final Map<StreamAddress, Connection> connections = new ConcurrentHashMap<>();

    private final Map<Integer, ServerSocketChannel> servers = new ConcurrentHashMap<>();
    private final Map<StreamEnd, LongAdder> ended = new EnumMap<>(StreamEnd.class);
    private final LongAdder unsent = new LongAdder();
    private final LongAdder oversize = new LongAdder();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Strangers strangers;
    private final Set<Connection> stalled = new HashSet<>();
    private volatile boolean stopping;

    private NioTcpStreams(StreamLimits limits, int longest, Listener listener, Selector selector) {
        this.limits = limits;
        this.longest = longest;
        this.listener = listener;
        this.selector = selector;
        this.received = new ReceivedMessages(longest);
        this.strangers = new Strangers(limits);
        for (StreamEnd reason : StreamEnd.values()) {
            ended.put(reason, new LongAdder());
        }
        this.thread = Thread.ofPlatform().name("tcp").daemon(true).unstarted(this::run);
    }

    static NioTcpStreams start(StreamLimits limits, int longest, Listener listener) throws IOException {
        NioTcpStreams streams = new NioTcpStreams(limits, longest, listener, Selector.open());
        streams.thread.start();
        return streams;
    }

    // ---- from any thread ----

    @Override
    public synchronized void listen(Set<Integer> ports) throws IOException {
        servers.keySet().stream()
                .filter(port -> !ports.contains(port))
                .toList()
                .forEach(port -> closeQuietly(servers.remove(port)));
        selector.wakeup(); // which lets go of the closed ones
        List<String> problems = new ArrayList<>();
        for (int port : ports) {
            if (!servers.containsKey(port)) {
                try {
                    servers.put(port, server(port));
                } catch (IOException e) {
                    problems.add("cannot listen on TCP port " + port + ": " + e.getMessage());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new IOException(String.join("; ", problems));
        }
    }

    private ServerSocketChannel server(int port) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.configureBlocking(false);
            server.bind(new InetSocketAddress(port), BACKLOG);
        } catch (IOException | RuntimeException e) {
            closeQuietly(server);
            throw e;
        }
        task(() -> register(server, SelectionKey.OP_ACCEPT, null));
        return server;
    }

    @Override
    public Set<Integer> listening() {
        return Set.copyOf(servers.keySet());
    }

    @Override
    public void open(UdpAddress local, UdpAddress remote) {
        StreamAddress ends = new StreamAddress(local, remote);
        @Nullable SocketChannel channel = null;
        try {
            channel = SocketChannel.open(
                    remote.address().isV4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
            configure(channel);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(StreamAddress.socketAddress(local));
            Connection connection = new Connection(channel, true, ends, longest, Long.MAX_VALUE);
            if (connections.putIfAbsent(ends, connection) != null) {
                channel.close();
                return;
            }
            open.add(connection);
            channel.connect(StreamAddress.socketAddress(remote));
            task(() -> register(connection.channel(), SelectionKey.OP_CONNECT, connection));
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            task(() -> notConnected(ends, connections.get(ends), e.getMessage()));
        }
    }

    private void notConnected(StreamAddress ends, @Nullable Connection connection, @Nullable String why) {
        if (connection != null) {
            end(connection, StreamEnd.NOT_CONNECTED, String.valueOf(why));
        } else {
            count(StreamEnd.NOT_CONNECTED);
            listener.closed(ends.local(), ends.remote(), String.valueOf(why));
        }
    }

    @Override
    public void keep(UdpAddress local, UdpAddress remote) {
        task(() -> {
            Connection connection = connections.get(new StreamAddress(local, remote));
            if (connection != null && !connection.kept()) {
                stranger(connection, false);
                connection.keep();
            }
        });
    }

    @Override
    public void release(UdpAddress local, UdpAddress remote) {
        task(() -> {
            Connection connection = connections.get(new StreamAddress(local, remote));
            if (connection == null) {
                return;
            }
            if (connection.originator()) {
                end(connection, StreamEnd.RELEASED, "");
            } else if (connection.kept()) {
                connection.release(System.nanoTime() + limits.proof().toNanos());
                stranger(connection, true);
            }
        });
    }

    @Override
    public boolean sendIke(UdpAddress local, UdpAddress remote, byte[] message) {
        Connection connection = connections.get(new StreamAddress(local, remote));
        if (connection == null || !connection.enqueue(NON_ESP_MARKER, message, 0, message.length)) {
            unsent.increment();
            return false;
        }
        flush(connection);
        return true;
    }

    @Override
    public void send(PacketBatch batch) {
        @Nullable Connection last = null;
        @Nullable UdpAddress local = null;
        @Nullable UdpAddress remote = null;
        for (int i = 0; i < batch.size(); i++) {
            PacketBuffer packet = batch.buffer(i);
            if (!Objects.equals(packet.local, local) || !Objects.equals(packet.remote, remote)) {
                flush(last);
                local = packet.local;
                remote = packet.remote;
                last = local == null || remote == null ? null : connections.get(new StreamAddress(local, remote));
            }
            if (last == null || !last.enqueue(ESP, packet.array, packet.offset, packet.length)) {
                unsent.increment();
            }
        }
        flush(last);
        batch.clear();
    }

    private void flush(@Nullable Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.flush();
        } catch (IOException e) {
            task(() -> end(connection, StreamEnd.CLOSED_BY_PEER, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public boolean hasReceived() {
        return !received.isEmpty();
    }

    @Override
    public int receive(PacketBatch batch) {
        return received.take(batch);
    }

    @Override
    public int connections() {
        return open.size();
    }

    @Override
    public long ended(StreamEnd reason) {
        LongAdder count = ended.get(reason);
        return count == null ? 0 : count.sum();
    }

    @Override
    public long unsent() {
        return unsent.sum();
    }

    @Override
    public long oversize() {
        return oversize.sum() + open.stream().mapToLong(Connection::oversize).sum();
    }

    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        servers.values().forEach(NioTcpStreams::closeQuietly);
        open.forEach(Connection::close);
        closeQuietly(selector);
    }

    private void task(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    // ---- the reading thread ----

    private void run() {
        while (!stopping) {
            try {
                selector.select(stalled.isEmpty() ? LONGEST_SELECT_MILLIS : STALLED_SELECT_MILLIS);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                takeStalled();
                for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    ready(key);
                }
                closeOverdue(System.nanoTime());
                if (!received.isEmpty()) {
                    listener.received();
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                listener.failed(e);
            }
        }
    }

    private void ready(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.channel() instanceof ServerSocketChannel server) {
            accept(server);
            return;
        }
        Connection connection = (Connection) key.attachment();
        try {
            if (key.isConnectable()) {
                connect(key, connection);
            }
            if (key.isValid() && key.isWritable()) {
                connection.flush();
            }
            if (key.isValid() && key.isReadable()) {
                read(connection);
            }
        } catch (IOException e) {
            StreamEnd reason = connection.channel().isConnected() ? StreamEnd.CLOSED_BY_PEER : StreamEnd.NOT_CONNECTED;
            end(connection, reason, String.valueOf(e.getMessage()));
        }
    }

    private void connect(SelectionKey key, Connection connection) throws IOException {
        if (connection.channel().finishConnect()) {
            key.interestOps(SelectionKey.OP_READ);
            connection.connected();
            connections.put(connection.ends(), connection);
        }
    }

    private void accept(ServerSocketChannel server) {
        try {
            for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
                accepted(channel);
            }
        } catch (IOException e) {
            // Too many files are open: no use in trying again at once.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void accepted(SocketChannel channel) {
        try {
            configure(channel);
            StreamAddress ends = StreamAddress.of(channel);
            if (!strangers.admits(ends.remote().address())) {
                count(StreamEnd.TOO_MANY);
                channel.close();
                return;
            }
            long deadline = System.nanoTime() + limits.firstMessage().toNanos();
            Connection connection = new Connection(channel, false, ends, longest, deadline);
            Connection before = connections.put(ends, connection);
            if (before != null) {
                end(before, StreamEnd.CLOSED_BY_PEER, "opened anew");
                connections.put(ends, connection);
            }
            strangers.add(ends.remote().address());
            open.add(connection);
            register(channel, SelectionKey.OP_READ, connection);
            connection.connected();
        } catch (IOException e) {
            count(StreamEnd.CLOSED_BY_PEER);
            closeQuietly(channel);
        }
    }

    private static void configure(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    private void register(SelectableChannel channel, int operations, @Nullable Connection owner) {
        try {
            SelectionKey key = channel.register(selector, operations, owner);
            if (owner != null) {
                owner.registered(key);
            }
        } catch (IOException e) {
            // Closed before it was used; who closed it counted it.
        }
    }

    private void read(Connection connection) throws IOException {
        StreamFraming.Result result = connection.read(sink(connection));
        if (result == null) {
            end(connection, StreamEnd.CLOSED_BY_PEER, "closed by the peer");
        } else {
            judge(connection, result);
        }
    }

    private StreamFraming.Sink sink(Connection connection) {
        return (array, offset, length) -> {
            if (!received.put(connection.ends(), array, offset, length)) {
                return false;
            }
            if (connection.firstMessage() && !connection.originator() && !connection.kept()) {
                connection.deadline(System.nanoTime() + limits.proof().toNanos());
            }
            return true;
        };
    }

    private void judge(Connection connection, StreamFraming.Result result) {
        switch (result) {
            case TAKEN -> {}
            case SINK_FULL -> {
                // TCP makes the peer wait meanwhile.
                if (stalled.add(connection)) {
                    reading(connection, false);
                }
                listener.received();
            }
            case BAD_PREFIX -> end(connection, StreamEnd.BAD_PREFIX, "not a stream of IKE");
            case BAD_LENGTH -> end(connection, StreamEnd.BAD_LENGTH, "a length of 0 or 1 in the stream");
        }
    }

    private void takeStalled() {
        for (Connection connection : List.copyOf(stalled)) {
            StreamFraming.Result result = connection.take(sink(connection));
            if (result != StreamFraming.Result.SINK_FULL) {
                stalled.remove(connection);
                reading(connection, true);
            }
            judge(connection, result);
        }
    }

    private void reading(Connection connection, boolean wanted) {
        SelectionKey key = connection.channel().keyFor(selector);
        if (key != null && key.isValid()) {
            if (wanted) {
                key.interestOpsOr(SelectionKey.OP_READ);
            } else {
                key.interestOpsAnd(~SelectionKey.OP_READ);
            }
        }
    }

    private void closeOverdue(long nowNanos) {
        for (Connection connection : open) {
            long deadline = connection.deadlineNanos();
            if (deadline != Long.MAX_VALUE && deadline - nowNanos <= 0) {
                end(connection, StreamEnd.UNPROVEN, "nobody authenticated");
            }
        }
    }

    private void stranger(Connection connection, boolean is) {
        if (connection.originator()) {
            return;
        }
        if (is) {
            strangers.add(connection.ends().remote().address());
        } else {
            strangers.remove(connection.ends().remote().address());
        }
    }

    private void end(Connection connection, StreamEnd reason, String why) {
        if (!open.remove(connection)) {
            return;
        }
        count(reason);
        oversize.add(connection.oversize());
        stalled.remove(connection);
        connections.remove(connection.asked(), connection);
        connections.remove(connection.ends(), connection);
        if (!connection.kept()) {
            stranger(connection, false);
        }
        connection.close();
        if (connection.originator() && reason != StreamEnd.RELEASED) {
            listener.closed(connection.asked().local(), connection.asked().remote(), why);
        }
    }

    private void count(StreamEnd reason) {
        LongAdder count = ended.get(reason);
        if (count != null) {
            count.increment();
        }
    }

    private static void closeQuietly(@Nullable Closeable closeable) {
        if (closeable != null) {
            try {
                closeable.close();
            } catch (IOException e) {
                // It is gone all the same.
            }
        }
    }
}
