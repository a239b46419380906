package dev.culvert.io.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.culvert.io.poll.Poller;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aDatagramArrivesWithBothAddresses(String loopback) throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of(loopback, 0));
                UdpPort b = UdpPort.bind(UdpAddress.of(loopback, 0))) {
            PacketBatch batch = new PacketBatch(4, 2000);
            fill(batch.add(), 1200, (byte) 7, b.address());
            assertThat(a.send(batch)).isEqualTo(1);
            assertThat(batch.isEmpty()).isTrue();

            PacketBatch received = awaitOne(b);
            PacketBuffer packet = received.buffer(0);
            assertThat(packet.length).isEqualTo(1200);
            assertThat(packet.array[packet.offset + 1199]).isEqualTo((byte) 7);
            assertThat(packet.remote).isEqualTo(a.address());
            assertThat(packet.local).isEqualTo(b.address());
        }
    }

    @Test
    void aPortOnAllAddressesKnowsWhichOneWasMeantAndAnswersFromIt() throws IOException {
        try (UdpPort any = UdpPort.bind(UdpAddress.of("0.0.0.0", 0));
                UdpPort peer = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            UdpAddress second = UdpAddress.of("127.0.0.2", any.address().port());
            assertThat(peer.sendOne(null, second, new byte[] {1, 2, 3}, 0, 3)).isTrue();
            PacketBatch received = awaitOne(any);
            assertThat(received.buffer(0).local).isEqualTo(second);

            received.buffer(0).remote = peer.address();
            assertThat(any.send(received)).isEqualTo(1);
            assertThat(awaitOne(peer).buffer(0).remote).isEqualTo(second);
        }
    }

    @Test
    void moreThanOneSystemCallsWorthArrivesInOrder() throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of("127.0.0.1", 0));
                UdpPort b = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            PacketBatch batch = new PacketBatch(150, 2000);
            for (int i = 0; i < 150; i++) {
                fill(batch.add(), 100 + i, (byte) i, b.address());
            }
            assertThat(a.send(batch)).isEqualTo(150);
            PacketBatch received = new PacketBatch(150, 2000);
            while (!received.isFull()) {
                await(b);
                b.receive(received);
            }
            for (int i = 0; i < 150; i++) {
                assertThat(received.buffer(i).length).isEqualTo(100 + i);
                assertThat(received.buffer(i).array[received.buffer(i).offset]).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void whatIsLongerThanABufferIsDroppedAndCounted() throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of("127.0.0.1", 0));
                UdpPort b = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            a.sendOne(null, b.address(), new byte[3000], 0, 3000);
            a.sendOne(null, b.address(), new byte[20], 0, 20);
            PacketBatch received = awaitOne(b);
            assertThat(received.buffer(0).length).isEqualTo(20);
            assertThat(b.oversizeReceived()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeSentIsDroppedCountedAndDoesNotHoldTheRestUp() throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of("127.0.0.1", 0));
                UdpPort b = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            PacketBatch batch = new PacketBatch(3, 2000);
            fill(batch.add(), 10, (byte) 1, b.address());
            fill(batch.add(), 10, (byte) 2, UdpAddress.of("255.255.255.255", 9));
            fill(batch.add(), 10, (byte) 3, b.address());
            assertThat(a.send(batch)).isEqualTo(2);
            assertThat(batch.isEmpty()).isTrue();
            assertThat(a.sendFailures()).isEqualTo(1);
            assertThat(a.lastSendErrno()).isNotZero();
        }
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            assertThatThrownBy(() -> UdpPort.bind(a.address()).close())
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("bind(127.0.0.1:" + a.address().port() + ")")
                    .hasMessageContaining("EADDRINUSE");
        }
    }

    /** The packet path makes no garbage: far less than a byte array header for each of ten thousand datagrams. */
    @Test
    void aStreamOfDatagramsAllocatesNothing() throws IOException {
        try (UdpPort a = UdpPort.bind(UdpAddress.of("127.0.0.1", 0));
                UdpPort b = UdpPort.bind(UdpAddress.of("127.0.0.1", 0))) {
            PacketBatch out = new PacketBatch(32, 2000);
            PacketBatch in = new PacketBatch(32, 2000);
            for (int warmUp = 0; warmUp < 3000; warmUp++) {
                pass(a, b, out, in);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                pass(a, b, out, in);
            }
            long perDatagram = (threads.getCurrentThreadAllocatedBytes() - before) / 32_000;
            assertThat(perDatagram).isLessThan(100);
        }
    }

    private static void pass(UdpPort a, UdpPort b, PacketBatch out, PacketBatch in) throws IOException {
        for (int i = 0; i < 32; i++) {
            fill(out.add(), 1400, (byte) i, b.address());
        }
        a.send(out);
        in.clear();
        b.receive(in);
    }

    private static void fill(PacketBuffer packet, int length, byte value, UdpAddress remote) {
        packet.length = length;
        Arrays.fill(packet.array, packet.offset, packet.end(), value);
        packet.remote = remote;
    }

    private static PacketBatch awaitOne(UdpPort port) throws IOException {
        PacketBatch batch = new PacketBatch(4, 2000);
        while (batch.isEmpty()) {
            await(port);
            port.receive(batch);
        }
        return batch;
    }

    private static void await(UdpPort port) throws IOException {
        try (Poller poller = Poller.open()) {
            int key = poller.add(port);
            poller.poll(TimeUnit.SECONDS.toNanos(10));
            assertThat(poller.isReadable(key))
                    .as("something to read within 10 s")
                    .isTrue();
        }
    }
}
