package dev.culvert.agent.revocation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** Where an authority of a test publishes: pages by path, each made of the body of the request. */
final class WebPages implements AutoCloseable {
    /** Paths that were asked for, in order. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final Map<String, UnaryOperator<byte[]>> pages = new ConcurrentHashMap<>();
    private final HttpServer server;

    private WebPages(HttpServer server) {
        this.server = server;
    }

    static WebPages start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            WebPages pages = new WebPages(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", pages::serve);
            server.start();
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(String path, UnaryOperator<byte[]> page) {
        pages.put(path, page);
    }

    /** Answers 404 to it from now on. */
    void remove(String path) {
        pages.remove(path);
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url(String path) {
        return "http://" + host() + path;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.add(path);
            UnaryOperator<byte[]> page = pages.get(path);
            if (page == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] answer = page.apply(body);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
