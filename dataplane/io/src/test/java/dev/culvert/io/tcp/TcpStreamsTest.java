package dev.culvert.io.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections on the loopback: two of ours, or one of ours with a plain socket. */
class TcpStreamsTest {
    private static final int LONGEST = 2000;
    private static final StreamLimits LIMITS = new StreamLimits(4, 3, Duration.ofMillis(300), Duration.ofMillis(600));
    private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BlockingQueue<UdpAddress> closed = new LinkedBlockingQueue<>();

    private TcpStreams streams(StreamLimits limits) throws IOException {
        TcpStreams made = TcpStreams.start(limits, LONGEST, new TcpStreams.Listener() {
            @Override
            public void received() {}

            @Override
            public void closed(UdpAddress local, UdpAddress remote, String why) {
                closed.add(remote);
            }

            @Override
            public void failed(Throwable error) {
                throw new AssertionError(error);
            }
        });
        opened.add(made);
        return made;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(1);
        }
    }

    private static PacketBuffer receive(TcpStreams from) throws InterruptedException {
        await("a message", from::hasReceived);
        PacketBatch batch = new PacketBatch(1, LONGEST);
        assertThat(from.receive(batch)).isEqualTo(1);
        return batch.buffer(0);
    }

    private static byte[] bytes(PacketBuffer buffer) {
        return Arrays.copyOfRange(buffer.array, buffer.offset, buffer.end());
    }

    private static PacketBatch esp(UdpAddress local, UdpAddress remote, byte[]... packets) {
        PacketBatch batch = new PacketBatch(packets.length, LONGEST);
        for (byte[] packet : packets) {
            PacketBuffer buffer = batch.add();
            System.arraycopy(packet, 0, buffer.array, buffer.offset, packet.length);
            buffer.length = packet.length;
            buffer.local = local;
            buffer.remote = remote;
            buffer.inStream = true;
        }
        return batch;
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        opened.add(socket);
        return socket;
    }

    private boolean isRefused(int port) {
        try (Socket socket = connect(port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    /** Whether the other side has closed the connection, or does within some seconds. */
    private static boolean isClosed(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void messagesGoBothWaysBetweenTwoOfOurs() throws Exception {
        for (String loopback : List.of("127.0.0.1", "::1")) {
            int port = freePort();
            TcpStreams a = streams(LIMITS);
            TcpStreams b = streams(LIMITS);
            b.listen(Set.of(port));
            assertThat(b.listening()).containsExactly(port);
            UdpAddress any =
                    new UdpAddress(IpAddress.parse(loopback).isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6, freePort());
            UdpAddress there = UdpAddress.of(loopback, port);
            a.open(any, there);
            // before it is open: it waits
            assertThat(a.sendIke(any, there, new byte[] {1, 2, 3})).isTrue();
            PacketBuffer ike = receive(b);
            assertThat(bytes(ike)).containsExactly(0, 0, 0, 0, 1, 2, 3);
            assertThat(ike.inStream).isTrue();
            assertThat(ike.local).isEqualTo(there);
            assertThat(ike.remote).isEqualTo(UdpAddress.of(loopback, any.port()));

            UdpAddress here = Objects.requireNonNull(ike.remote);
            b.keep(there, here);
            b.send(esp(there, here, new byte[] {9, 9, 9, 9, 0, 0, 0, 1}, new byte[] {9, 9, 9, 9, 0, 0, 0, 2}));
            assertThat(bytes(receive(a))).containsExactly(9, 9, 9, 9, 0, 0, 0, 1);
            PacketBuffer second = receive(a);
            assertThat(bytes(second)).containsExactly(9, 9, 9, 9, 0, 0, 0, 2);
            // Who opened it knows its own address now, and either name of the connection will do.
            assertThat(second.local).isEqualTo(here);
            assertThat(a.sendIke(here, there, new byte[] {4})).isTrue();
            assertThat(bytes(receive(b))).containsExactly(0, 0, 0, 0, 4);

            a.release(any, there);
            await("closed", () -> b.connections() == 0 && a.connections() == 0);
            assertThat(a.ended(StreamEnd.RELEASED)).isEqualTo(1);
            assertThat(b.ended(StreamEnd.CLOSED_BY_PEER)).isEqualTo(1);
            assertThat(closed).isEmpty();
            assertThat(a.sendIke(here, there, new byte[] {5})).isFalse();
            assertThat(a.unsent()).isEqualTo(1);
        }
    }

    @Test
    void thePrefixIsSentOnceByWhoOpensTheConnection() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpStreams a = streams(LIMITS);
            UdpAddress local = UdpAddress.of("127.0.0.1", freePort());
            UdpAddress remote = UdpAddress.of("127.0.0.1", server.getLocalPort());
            a.open(local, remote);
            a.sendIke(local, remote, new byte[] {7});
            a.send(esp(local, remote, new byte[] {1, 1, 1, 1}));
            try (Socket peer = server.accept()) {
                byte[] stream = new DataInputStream(peer.getInputStream()).readNBytes(6 + 2 + 5 + 2 + 4);
                assertThat(stream).containsExactly('I', 'K', 'E', 'T', 'C', 'P', 0, 7, 0, 0, 0, 0, 7, 0, 6, 1, 1, 1, 1);
                // The peer answers without a prefix.
                peer.getOutputStream().write(new byte[] {0, 7, 0, 0, 0, 0, 8});
                assertThat(bytes(receive(a))).containsExactly(0, 0, 0, 0, 8);
                a.keep(local, remote);
            }
            assertThat(closed.poll(10, TimeUnit.SECONDS)).isEqualTo(remote);
            assertThat(a.ended(StreamEnd.CLOSED_BY_PEER)).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatIsRefusedIsSaid() throws Exception {
        TcpStreams a = streams(LIMITS);
        UdpAddress remote = UdpAddress.of("127.0.0.1", freePort());
        a.open(UdpAddress.of("127.0.0.1", freePort()), remote);
        assertThat(closed.poll(10, TimeUnit.SECONDS)).isEqualTo(remote);
        assertThat(a.ended(StreamEnd.NOT_CONNECTED)).isEqualTo(1);
        assertThat(a.connections()).isZero();
    }

    @Test
    void aLocalPortThatIsInUseIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpStreams a = streams(LIMITS);
            UdpAddress remote = UdpAddress.of("127.0.0.1", freePort());
            a.open(UdpAddress.of("127.0.0.1", taken.getLocalPort()), remote);
            assertThat(closed.poll(10, TimeUnit.SECONDS)).isEqualTo(remote);
        }
    }

    @Test
    void aPortThatIsInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            TcpStreams a = streams(LIMITS);
            int free = freePort();
            assertThatThrownBy(() -> a.listen(Set.of(taken.getLocalPort(), free)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("TCP port " + taken.getLocalPort());
            assertThat(a.listening()).containsExactly(free);
            a.listen(Set.of());
            assertThat(a.listening()).isEmpty();
            await("the port is free again", () -> isRefused(free));
        }
    }

    @Test
    void whoBeginsOtherwiseIsThrownOut() throws Exception {
        int port = freePort();
        TcpStreams b = streams(LIMITS);
        b.listen(Set.of(port));
        Socket http = connect(port);
        http.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(isClosed(http)).isTrue();
        assertThat(b.ended(StreamEnd.BAD_PREFIX)).isEqualTo(1);

        Socket zero = connect(port);
        zero.getOutputStream().write(PREFIX);
        zero.getOutputStream().write(new byte[] {0, 3, (byte) 0xff, 0, 0});
        assertThat(isClosed(zero)).isTrue();
        assertThat(b.ended(StreamEnd.BAD_LENGTH)).isEqualTo(1);
        assertThat(bytes(receive(b))).containsExactly(0xff);
    }

    @Test
    void whoSaysNothingOrSaysItSlowlyIsThrownOut() throws Exception {
        int port = freePort();
        TcpStreams b = streams(LIMITS);
        b.listen(Set.of(port));
        Socket silent = connect(port);
        Socket slow = connect(port);
        OutputStream out = slow.getOutputStream();
        out.write(PREFIX);
        Thread dripping = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 10_000; i++) {
                    out.write(5); // a length of 1285 and then its octets
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException thrownOut) {
                // as it should be
            }
        });
        assertThat(isClosed(silent)).isTrue();
        dripping.join(10_000);
        await("both ended", () -> b.ended(StreamEnd.UNPROVEN) == 2);
        assertThat(b.connections()).isZero();
    }

    @Test
    void aConnectionStaysThatAnIkeSaUses() throws Exception {
        int port = freePort();
        TcpStreams b = streams(LIMITS);
        b.listen(Set.of(port));
        Socket peer = connect(port);
        peer.getOutputStream().write(PREFIX);
        peer.getOutputStream().write(new byte[] {0, 3, (byte) 0xff});
        PacketBuffer keepalive = receive(b);
        UdpAddress local = Objects.requireNonNull(keepalive.local);
        UdpAddress remote = Objects.requireNonNull(keepalive.remote);
        b.keep(local, remote);
        Socket other = connect(port);
        assertThat(isClosed(other)).as("one that nobody uses, opened later").isTrue();
        assertThat(b.connections()).isEqualTo(1);
        b.release(local, remote);
        assertThat(isClosed(peer)).as("some time after its IKE SA is gone").isTrue();
        assertThat(b.ended(StreamEnd.UNPROVEN)).isEqualTo(2);
    }

    @Test
    void strangersTakeUpSoManyConnectionsAndNoMore() throws Exception {
        int port = freePort();
        TcpStreams b = streams(new StreamLimits(4, 3, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        b.listen(Set.of(port));
        List<Socket> first = List.of(connect(port), connect(port), connect(port));
        await("three are taken", () -> b.connections() == 3);
        Socket fourth = connect(port);
        assertThat(isClosed(fourth)).isTrue();
        assertThat(b.ended(StreamEnd.TOO_MANY)).isEqualTo(1);
        // One of them turns out to be a peer: there is room for another stranger.
        Socket peer = first.getFirst();
        b.keep(
                UdpAddress.of("127.0.0.1", port),
                new UdpAddress(IpAddress.of(peer.getLocalAddress()), peer.getLocalPort()));
        Socket fifth = connect(port);
        await("another one is taken", () -> b.connections() == 4);
        assertThat(fifth.isConnected()).isTrue();
    }

    @Test
    void manyMessagesComeWholeAndInOrderThoughTheReaderIsSlow() throws Exception {
        int port = freePort();
        TcpStreams a = streams(StreamLimits.defaults());
        TcpStreams b = streams(StreamLimits.defaults());
        b.listen(Set.of(port));
        UdpAddress local = UdpAddress.of("127.0.0.1", freePort());
        UdpAddress remote = UdpAddress.of("127.0.0.1", port);
        a.open(local, remote);
        int next = 0;
        int got = 0;
        PacketBatch received = new PacketBatch(16, LONGEST);
        while (got < 5_000) {
            assertThat(closed).isEmpty();
            byte[] packet = new byte[1400];
            packet[0] = (byte) (next >> 16);
            packet[1] = (byte) (next >> 8);
            packet[2] = (byte) next;
            packet[3] = 1;
            long before = a.unsent();
            a.send(esp(local, remote, packet));
            if (a.unsent() == before) {
                next++;
            }
            if (next % 3 == 0 || a.unsent() != before) {
                b.receive(received);
                for (int i = 0; i < received.size(); i++) {
                    byte[] one = bytes(received.buffer(i));
                    assertThat(one).hasSize(1400);
                    assertThat(((one[0] & 0xff) << 16) | ((one[1] & 0xff) << 8) | (one[2] & 0xff))
                            .isEqualTo(got++);
                }
                received.clear();
            }
        }
        assertThat(b.oversize()).isZero();
    }

    @Test
    void ikeHasRoomWhereEspHasNoneAnyMore() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpStreams a = streams(LIMITS);
            UdpAddress local = UdpAddress.of("127.0.0.1", freePort());
            UdpAddress remote = UdpAddress.of("127.0.0.1", server.getLocalPort());
            a.open(local, remote);
            try (Socket peer = server.accept()) {
                // The peer reads nothing: in the end there is no room anywhere.
                while (a.unsent() < 100) {
                    a.send(esp(local, remote, new byte[1400]));
                }
                assertThat(peer.isConnected()).isTrue();
                assertThat(a.sendIke(local, remote, new byte[1400])).isTrue();
            }
        }
    }
}
