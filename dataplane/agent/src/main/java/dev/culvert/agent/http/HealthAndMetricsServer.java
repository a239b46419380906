package dev.culvert.agent.http;

import dev.culvert.agent.StartupException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * {@code /healthz}: 200 while the process works; {@code /readyz}: 200 once the configuration is applied, 503 with the
 * reason before; {@code /metrics}: Prometheus text. {@code /debug/…}: JSON, only for programs of this host that ask under
 * one of its loopback names, so that no page in a browser can read it. Reads nothing from the request but method, path and,
 * for {@code /debug}, the host.
 */
public final class HealthAndMetricsServer implements AutoCloseable {
    private static final int MAXIMUM_REQUEST_BYTES = 8192;
    private static final int IDLE_SECONDS = 30;
    private static final String DEBUG = "/debug/";
    private static final Pattern LOOPBACK_HOST = Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]+)?");

    private final EventLoopGroup group;
    private final Channel channel;

    private HealthAndMetricsServer(EventLoopGroup group, Channel channel) {
        this.group = group;
        this.channel = channel;
    }

    /**
     * What the paths answer. Called on the HTTP thread; must not wait.
     *
     * @param debug by name, what {@code /debug/NAME} answers: JSON
     */
    public record Probes(
            Supplier<Verdict> health,
            Supplier<Verdict> readiness,
            Supplier<String> metrics,
            Map<String, Supplier<String>> debug) {
        public Probes {
            debug = Map.copyOf(debug);
        }

        /** Without any {@code /debug}. */
        public Probes(Supplier<Verdict> health, Supplier<Verdict> readiness, Supplier<String> metrics) {
            this(health, readiness, metrics, Map.of());
        }
    }

    /**
     * The outcome of a probe.
     *
     * @param good whether the answer is 200 rather than 503
     * @param text the body, for a person
     */
    public record Verdict(boolean good, String text) {
        public static final Verdict OK = new Verdict(true, "ok");
    }

    /**
     * Listens on {@code address}.
     *
     * @throws StartupException if the address is in use or not this host's
     */
    public static HealthAndMetricsServer start(InetSocketAddress address, Probes probes) throws StartupException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().daemon().name("http").factory(), NioIoHandler.newFactory());
        var bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Pipeline(probes))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new StartupException("cannot listen on " + address.getHostString() + ":" + address.getPort()
                    + " for --http: " + bound.cause().getMessage());
        }
        return new HealthAndMetricsServer(group, bound.channel());
    }

    /** Where it really listens: the port is known here when 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public void close() {
        var _ = channel.close();
        var _ = group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }

    private static final class Pipeline extends ChannelInitializer<SocketChannel> {
        private final Probes probes;

        Pipeline(Probes probes) {
            this.probes = probes;
        }

        @Override
        protected void initChannel(SocketChannel connection) {
            connection
                    .pipeline()
                    .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAXIMUM_REQUEST_BYTES))
                    .addLast(new Answer(probes));
        }
    }

    private static final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Probes probes;

        Answer(Probes probes) {
            this.probes = probes;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            var _ = context.writeAndFlush(respond(request, context.channel().remoteAddress()))
                    .addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }

        private FullHttpResponse respond(FullHttpRequest request, SocketAddress from) {
            if (!request.decoderResult().isSuccess()) {
                return text(HttpResponseStatus.BAD_REQUEST, "bad request\n");
            }
            if (!request.method().equals(HttpMethod.GET)) {
                return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET\n");
            }
            String path = request.uri().replaceFirst("\\?.*", "");
            if (path.startsWith(DEBUG)) {
                return debug(path.substring(DEBUG.length()), request, from);
            }
            return switch (path) {
                case "/healthz" -> probe(probes.health().get());
                case "/readyz" -> probe(probes.readiness().get());
                case "/metrics" -> metrics();
                default -> text(HttpResponseStatus.NOT_FOUND, "/healthz, /readyz or /metrics\n");
            };
        }

        private FullHttpResponse debug(String name, FullHttpRequest request, SocketAddress from) {
            Supplier<String> document = probes.debug().get(name);
            if (document == null) {
                return text(HttpResponseStatus.NOT_FOUND, "there is no " + DEBUG + name + "\n");
            }
            if (!(from instanceof InetSocketAddress peer)
                    || !peer.getAddress().isLoopbackAddress()
                    || !LOOPBACK_HOST
                            .matcher(request.headers().get(HttpHeaderNames.HOST, ""))
                            .matches()) {
                return text(HttpResponseStatus.FORBIDDEN, "only from this host, as 127.0.0.1 or localhost\n");
            }
            FullHttpResponse response = text(HttpResponseStatus.OK, document.get() + "\n");
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            return response;
        }

        private FullHttpResponse metrics() {
            FullHttpResponse response =
                    text(HttpResponseStatus.OK, probes.metrics().get());
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
            return response;
        }

        private static FullHttpResponse probe(Verdict verdict) {
            return text(
                    verdict.good() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                    verdict.text() + "\n");
        }

        private static FullHttpResponse text(HttpResponseStatus status, String body) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            FullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
                    .set(HttpHeaderNames.CONNECTION, "close");
            return response;
        }
    }
}
