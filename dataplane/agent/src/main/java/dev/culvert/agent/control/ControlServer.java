package dev.culvert.agent.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.culvert.agent.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a Unix socket of mode 0600. Between binding and changing the mode there is a moment in which anybody could
 * connect, so that each connection's peer is asked for its user as well: only the agent's own user and root are served.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAXIMUM_REQUEST_CHARS = 4096;

    private final Path path;
    private final ServerSocketChannel server;
    private final ControlHandler handler;
    private final ObjectMapper json = new ObjectMapper();
    private final String ownUser;

    private ControlServer(Path path, ServerSocketChannel server, ControlHandler handler, String ownUser) {
        this.path = path;
        this.server = server;
        this.handler = handler;
        this.ownUser = ownUser;
    }

    /**
     * Binds and serves in the background. A socket file that nobody listens on any more is replaced.
     *
     * @throws StartupException if another agent listens there, or the path cannot be used
     */
    public static ControlServer start(Path path, ControlHandler handler) throws StartupException {
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (Files.exists(path)) {
                if (answers(path)) {
                    throw new StartupException(
                            "another agent listens on " + path + ": stop it, or choose another --socket");
                }
                Files.delete(path);
            }
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            ControlServer control = new ControlServer(
                    path, server, handler, Files.getOwner(path).getName());
            Thread.ofVirtual().name("control").start(control::accept);
            return control;
        } catch (IOException | IllegalArgumentException e) {
            throw new StartupException("cannot listen on the control socket " + path + ": " + reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.warn("cannot remove the control socket {}: {}", path, reason(e));
        }
    }

    private static boolean answers(Path path) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException nobodyListens) {
            return false;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("control-client").start(() -> serve(client));
            } catch (IOException e) {
                if (server.isOpen()) {
                    log.warn("control socket: {}", reason(e));
                }
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            String user = peer.user().getName();
            ControlResponse response = user.equals(ownUser) || user.equals("root")
                    ? answer(client)
                    : ControlResponse.failed("user " + user + " may not control this agent");
            byte[] line = (json.writeValueAsString(response) + "\n").getBytes(StandardCharsets.UTF_8);
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                client.write(buffer);
            }
        } catch (IOException e) {
            log.debug("control client: {}", reason(e));
        }
    }

    private ControlResponse answer(SocketChannel client) throws IOException {
        String line = readLine(Channels.newReader(client, StandardCharsets.UTF_8));
        if (line == null) {
            return ControlResponse.failed("the request is longer than " + MAXIMUM_REQUEST_CHARS + " characters");
        }
        ControlRequest request;
        try {
            request = json.readValue(line, ControlRequest.class);
        } catch (JsonProcessingException e) {
            return ControlResponse.failed("the request is not understood: " + e.getOriginalMessage());
        }
        if (request == null || request.command() == null) {
            return ControlResponse.failed("the request names no command");
        }
        try {
            return handler.handle(request);
        } catch (InterruptedException e) {
            return ControlResponse.failed("the agent is stopping");
        } catch (RuntimeException e) {
            log.error("control request {} failed", request.command(), e);
            return ControlResponse.failed("internal error: " + e);
        }
    }

    /** The first line without its end, or null if it is too long. */
    private static @Nullable String readLine(Reader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        BufferedReader buffered = new BufferedReader(reader);
        for (int c = buffered.read(); c >= 0 && c != '\n'; c = buffered.read()) {
            if (line.length() == MAXIMUM_REQUEST_CHARS) {
                return null;
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
