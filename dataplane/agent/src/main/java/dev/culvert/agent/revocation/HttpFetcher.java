package dev.culvert.agent.revocation;

import dev.culvert.agent.negotiator.PeerNames;
import dev.culvert.agent.revocation.AllowedHosts.Place;
import dev.culvert.wire.IpAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * By HTTP/1.1, one request for each connection, over TLS where the URL says so. It connects to the address that was
 * checked, whatever the name leads to a moment later; it follows no redirect, sends no credentials and uses no proxy.
 */
public final class HttpFetcher implements Fetcher, AutoCloseable {
    /** Connections at a time; who wants more waits, within its time. */
    private static final int MAX_CONNECTIONS = 8;

    private static final int MAX_ADDRESSES = 4;

    private final PeerNames.Lookup lookup;
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS, true);
    private final LongAdder failures = new LongAdder();
    private final LongAdder successes = new LongAdder();
    private final Object starting = new Object();
    private @Nullable EventLoopGroup group;

    public HttpFetcher(PeerNames.Lookup lookup) {
        this.lookup = lookup;
    }

    /** How many fetches brought something, since the start. */
    public long successes() {
        return successes.sum();
    }

    /** How many brought nothing, or were not allowed. */
    public long failures() {
        return failures.sum();
    }

    @Override
    public byte[] fetch(Request request) throws FetchException, InterruptedException {
        boolean done = false;
        try {
            byte[] fetched =
                    fetch(request, System.nanoTime() + request.timeout().toNanos());
            done = true;
            return fetched;
        } finally {
            (done ? successes : failures).increment();
        }
    }

    private byte[] fetch(Request request, long deadline) throws FetchException, InterruptedException {
        Place place = request.hosts().place(request.url());
        if (!connections.tryAcquire(remaining(deadline), TimeUnit.NANOSECONDS)) {
            throw new FetchException("too much else is being fetched");
        }
        try {
            List<IpAddress> addresses = lookUp(place.host(), deadline);
            for (IpAddress address : addresses) {
                request.hosts().check(place, address);
            }
            FetchException failed = new FetchException("its name has no address");
            for (IpAddress address : addresses.subList(0, Math.min(addresses.size(), MAX_ADDRESSES))) {
                try {
                    return exchange(request, place, address, deadline);
                } catch (FetchException e) {
                    failed = e;
                }
            }
            throw failed;
        } finally {
            connections.release();
        }
    }

    /** The system's resolver knows no deadline. */
    private List<IpAddress> lookUp(String host, long deadline) throws FetchException, InterruptedException {
        if (PeerNames.isLiteral(host)) {
            return List.of(IpAddress.parse(host));
        }
        FutureTask<List<IpAddress>> task = new FutureTask<>(() -> lookup.addresses(host));
        Thread.ofVirtual().name("lookup " + host).start(task);
        try {
            return task.get(remaining(deadline), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new FetchException(
                    e.getCause() instanceof UnknownHostException
                            ? "the name " + host + " cannot be looked up"
                            : "looking up " + host + " failed: " + e.getCause());
        } catch (TimeoutException e) {
            throw new FetchException("the name " + host + " could not be looked up in time");
        }
    }

    private byte[] exchange(Request request, Place place, IpAddress address, long deadline)
            throws FetchException, InterruptedException {
        long nanos = remaining(deadline);
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ChannelFuture connecting = new Bootstrap()
                .group(group())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)))
                .handler(new HttpExchange(request, place, answer))
                .connect(new InetSocketAddress(address.toInetAddress(), place.port()));
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                answer.completeExceptionally(connected.cause());
            }
        });
        try {
            return answer.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new FetchException(words(e.getCause()));
        } catch (TimeoutException e) {
            throw new FetchException(
                    "no whole answer within " + request.timeout().toSeconds() + " s");
        } finally {
            var _ = connecting.channel().close();
        }
    }

    private static String words(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        return message == null ? String.valueOf(cause) : message;
    }

    private static long remaining(long deadline) {
        return Math.max(0, deadline - System.nanoTime());
    }

    /** Made at the first use: most agents fetch nothing. */
    private EventLoopGroup group() {
        synchronized (starting) {
            if (group == null) {
                group = new MultiThreadIoEventLoopGroup(
                        1, Thread.ofPlatform().daemon().name("fetch").factory(), NioIoHandler.newFactory());
            }
            return group;
        }
    }

    @Override
    public void close() {
        synchronized (starting) {
            if (group != null) {
                var _ = group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
            }
        }
    }
}
