package dev.culvert.agent.revocation;

import dev.culvert.agent.revocation.AllowedHosts.Place;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.ssl.SslHandler;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** One request and its answer on a connection of its own. */
final class HttpExchange extends ChannelInitializer<SocketChannel> {
    private static final String ENDED = "the connection ended before the answer did";

    private final Fetcher.Request request;
    private final Place place;
    private final CompletableFuture<byte[]> answer;

    /** @param answer takes what came, or a {@link FetchException} */
    HttpExchange(Fetcher.Request request, Place place, CompletableFuture<byte[]> answer) {
        this.request = request;
        this.place = place;
        this.answer = answer;
    }

    @Override
    protected void initChannel(SocketChannel connection) throws NoSuchAlgorithmException {
        ChannelPipeline pipeline = connection.pipeline();
        if (place.tls()) {
            pipeline.addLast(new SslHandler(engine()));
        }
        pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(request.maximum()), new Answer());
    }

    /** By the authorities that the system's Java trusts. */
    private SSLEngine engine() throws NoSuchAlgorithmException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine(place.host(), place.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private FullHttpRequest message() {
        FullHttpRequest message = request.post()
                .map(body -> {
                    FullHttpRequest post = new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1, HttpMethod.POST, place.target(), Unpooled.wrappedBuffer(body));
                    post.headers()
                            .set(HttpHeaderNames.CONTENT_TYPE, "application/ocsp-request")
                            .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
                    return post;
                })
                .orElseGet(() -> new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, place.target()));
        message.headers()
                .set(HttpHeaderNames.HOST, place.authority())
                .set(HttpHeaderNames.USER_AGENT, "culvert")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return message;
    }

    private final class Answer extends SimpleChannelInboundHandler<FullHttpResponse> {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            var _ = context.writeAndFlush(message());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            int status = response.status().code();
            if (!response.decoderResult().isSuccess()) {
                fail("the answer is not HTTP");
            } else if (status / 100 == 3) {
                fail("redirects are not followed (" + status + ")");
            } else if (status != HttpResponseStatus.OK.code()) {
                fail("the server answered " + status);
            } else {
                answer.complete(ByteBufUtil.getBytes(response.content()));
            }
            var _ = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(ENDED);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(
                    switch (cause) {
                        case TooLongHttpContentException tooLong ->
                            "the answer has more than " + request.maximum() + " octets";
                        case PrematureChannelClosureException ended -> ENDED;
                        default -> String.valueOf(cause.getMessage());
                    });
            var _ = context.close();
        }

        private void fail(String why) {
            answer.completeExceptionally(new FetchException(why));
        }
    }
}
