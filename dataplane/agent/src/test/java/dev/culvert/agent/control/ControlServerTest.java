package dev.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.culvert.agent.StartupException;
import java.io.BufferedReader;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void answersARequest() throws Exception {
        Path socket = directory.resolve("agent.sock");
        try (ControlServer server = ControlServer.start(
                socket, request -> ControlResponse.ok(TextNode.valueOf(request.command() + " " + request.tunnel())))) {
            ControlResponse answer =
                    ControlClient.ask(socket, new ControlRequest(ControlRequest.Command.REKEY, "branch", null));
            assertThat(answer.error()).isNull();
            assertThat(String.valueOf(answer.result())).contains("REKEY branch");
            assertThat(server).isNotNull();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void onlyTheOwnerMayUseTheSocket() throws Exception {
        Path socket = directory.resolve("run/agent.sock");
        try (ControlServer server = ControlServer.start(socket, request -> ControlResponse.ok())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run"))))
                    .isEqualTo("rwx------");
            assertThat(server).isNotNull();
        }
    }

    @Test
    void aSecondAgentOnTheSameSocketIsRefused() throws Exception {
        Path socket = directory.resolve("agent.sock");
        try (ControlServer server = ControlServer.start(socket, request -> ControlResponse.ok())) {
            assertThatThrownBy(() -> ControlServer.start(socket, request -> ControlResponse.ok()))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("another agent listens");
            assertThat(server).isNotNull();
        }
    }

    @Test
    void theSocketOfADeadAgentIsReplaced() throws Exception {
        Path socket = directory.resolve("agent.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (ControlServer server = ControlServer.start(socket, request -> ControlResponse.ok())) {
            assertThat(ControlClient.ask(socket, new ControlRequest(ControlRequest.Command.STATUS, null, null))
                            .error())
                    .isNull();
            assertThat(server).isNotNull();
        }
    }

    @Test
    void whatIsNotARequestIsAnsweredAndNotFatal() throws Exception {
        Path socket = directory.resolve("agent.sock");
        try (ControlServer server = ControlServer.start(socket, request -> {
            throw new IllegalStateException("a bug");
        })) {
            assertThat(raw(socket, "nonsense\n")).contains("not understood");
            assertThat(raw(socket, "{}\n")).contains("names no command");
            assertThat(raw(socket, "null\n")).contains("names no command");
            assertThat(raw(socket, "{\"command\":\"EXPLODE\"}\n")).contains("not understood");
            assertThat(raw(socket, "x".repeat(5000) + "\n")).contains("longer than");
            assertThat(raw(socket, "{\"command\":\"STATUS\"}\n")).contains("internal error");
            assertThat(server).isNotNull();
        }
    }

    private static String raw(Path socket, String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            return String.valueOf(new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine());
        }
    }
}
