package dev.culvert.agent.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks a running agent one thing. */
public final class ControlClient {
    private ControlClient() {}

    /**
     * Sends the request and waits for the answer.
     *
     * @throws IOException if no agent listens on {@code socket} or it goes away before it answers
     */
    public static ControlResponse ask(Path socket, ControlRequest request) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            ByteBuffer line =
                    ByteBuffer.wrap((json.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            String answer = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine();
            if (answer == null) {
                throw new IOException("the agent closed the connection without an answer");
            }
            return json.readValue(answer, ControlResponse.class);
        }
    }
}
