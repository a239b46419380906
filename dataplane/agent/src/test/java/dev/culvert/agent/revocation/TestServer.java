package dev.culvert.agent.revocation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server on loopback that answers just as a test wants it, well or badly. */
final class TestServer implements AutoCloseable {
    /** Request lines, in the order of their arrival. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final ServerSocket socket;
    private final Behaviour behaviour;

    /** What is done with a connection whose request was read as far as the empty line. */
    interface Behaviour {
        void answer(String requestLine, OutputStream out) throws IOException, InterruptedException;
    }

    private TestServer(ServerSocket socket, Behaviour behaviour) {
        this.socket = socket;
        this.behaviour = behaviour;
    }

    static TestServer start(Behaviour behaviour) throws IOException {
        TestServer server = new TestServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), behaviour);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    /** Answers 200 with that body to everything. */
    static TestServer serving(byte[] body) throws IOException {
        return start((line, out) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Its address and port, as an allow-list has them. */
    String host() {
        return "127.0.0.1:" + port();
    }

    String url() {
        return "http://" + host() + "/some/path?x=y";
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            String line = String.valueOf(in.readLine());
            requests.add(line);
            while (!String.valueOf(in.readLine()).isEmpty()) {
                // headers
            }
            behaviour.answer(line, connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // the client is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
