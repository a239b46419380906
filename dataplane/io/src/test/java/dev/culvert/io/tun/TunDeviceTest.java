package dev.culvert.io.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.io.OwnNetworkNamespace;
import dev.culvert.io.poll.Poller;
import dev.culvert.io.sys.SystemCallException;
import dev.culvert.io.udp.UdpPort;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import dev.culvert.wire.UdpHeader;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TunDeviceTest {
    private static final UdpAddress NEAR = UdpAddress.of("10.1.0.1", 1111);
    private static final UdpAddress FAR = UdpAddress.of("10.2.0.1", 2222);

    @BeforeEach
    void assumeTun() {
        OwnNetworkNamespace.assumeTun();
    }

    @Test
    void carriesPacketsBothWays() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = openWithRoute("culvert0");
                    UdpPort host = UdpPort.bind(NEAR)) {
                assertThat(tun.name()).isEqualTo("culvert0");
                byte[] payload = {'h', 'i'};
                for (int i = 0; i < 10; i++) {
                    host.sendOne(null, FAR, payload, 0, 2);
                }
                PacketBatch batch = new PacketBatch(6, 1500);
                assertThat(readIpv4(tun, batch, 6)).isTrue();
                PacketBuffer packet = batch.buffer(0);
                assertThat(Ipv4Header.isValid(packet.array, packet.offset, packet.length))
                        .isTrue();
                assertThat(Ipv4Header.protocol(packet.array, packet.offset)).isEqualTo(IpProtocol.UDP);
                assertThat(packet.length).isEqualTo(30);
                assertThat(UdpHeader.destinationPort(packet.array, packet.offset + 20))
                        .isEqualTo(2222);

                batch.clear();
                add(batch, Packets.udp(FAR, NEAR, new byte[] {'y', 'o'}));
                add(batch, new byte[] {0x15, 0, 0, 0});
                add(batch, Packets.udp(FAR, NEAR, new byte[1000]));
                assertThat(tun.write(batch)).isEqualTo(2);
                assertThat(batch.isEmpty()).isTrue();
                assertThat(tun.writeFailures()).isEqualTo(1);
                try (Poller poller = Poller.open()) {
                    poller.add(host);
                    while (batch.size() < 2) {
                        poller.poll(Long.MAX_VALUE);
                        host.receive(batch);
                    }
                }
                assertThat(batch.buffer(0).remote).isEqualTo(FAR);
                assertThat(batch.buffer(0).length).isEqualTo(2);
                assertThat(batch.buffer(1).length).isEqualTo(1000);
            }
        });
    }

    @Test
    void packetsLongerThanTheBuffersAreDroppedAndCounted() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = openWithRoute("culvert0");
                    UdpPort host = UdpPort.bind(NEAR)) {
                host.sendOne(null, FAR, new byte[1000], 0, 1000);
                host.sendOne(null, FAR, new byte[10], 0, 10);
                PacketBatch batch = new PacketBatch(4, 500);
                assertThat(readIpv4(tun, batch, 1)).isTrue();
                assertThat(tun.oversizeReads()).isEqualTo(1);
            }
        });
    }

    @Test
    void setsTheMtuBringsTheDeviceUpAndTakesItAway() throws Exception {
        OwnNetworkNamespace.run(() -> {
            TunDevice tun = TunDevice.open("culv%d", 1438);
            assertThat(tun.name()).isEqualTo("culv0");
            assertThat(tun.mtu()).isEqualTo(1438);
            assertThat(OwnNetworkNamespace.ip("link", "show", "dev", "culv0"))
                    .contains("mtu 1438")
                    .contains(",UP");
            tun.close();
            tun.close();
            assertThat(OwnNetworkNamespace.ip("link", "show")).doesNotContain("culv0");
        });
    }

    @Test
    void aDeviceThatSomebodyTookAwayIsReported() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open("culvert0", 1400)) {
                OwnNetworkNamespace.ip("link", "del", "culvert0");
                assertThatThrownBy(() -> tun.read(new PacketBatch(1, 100)))
                        .isInstanceOf(SystemCallException.class)
                        .hasMessage("read(culvert0): EBADFD (file descriptor in bad state)");
            }
        });
    }

    @Test
    void aDeviceThatIsDownDropsAndCounts() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice tun = TunDevice.open("culvert0", 1400)) {
                OwnNetworkNamespace.ip("link", "set", "culvert0", "down");
                PacketBatch batch = new PacketBatch(1, 100);
                add(batch, Packets.udp(FAR, NEAR, new byte[2]));
                assertThat(tun.write(batch)).isZero();
                assertThat(tun.writeFailures()).isEqualTo(1);
            }
        });
    }

    @Test
    void failuresNameTheCallItsArgumentAndTheError() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (TunDevice taken = TunDevice.open("culvert0", 1400)) {
                assertThatThrownBy(() -> TunDevice.open(taken.name(), 1400))
                        .hasMessage("ioctl(TUNSETIFF, culvert0): EBUSY (device or resource busy)");
            }
        });
        assertThatThrownBy(() -> TunDevice.open("sixteen-bytes-xx", 1400)).hasMessageContaining("1 to 15 bytes");
    }

    private static TunDevice openWithRoute(String name) throws Exception {
        TunDevice tun = TunDevice.open(name, 1400);
        OwnNetworkNamespace.ip("address", "add", "10.1.0.1/32", "dev", name);
        OwnNetworkNamespace.ip("route", "add", "10.2.0.0/16", "dev", name);
        return tun;
    }

    /** Reads until the batch holds that many IPv4 packets; the kernel's own IPv6 solicitations are passed over. */
    private static boolean readIpv4(TunDevice tun, PacketBatch batch, int packets) throws IOException {
        try (Poller poller = Poller.open()) {
            poller.add(tun);
            while (batch.size() < packets) {
                poller.poll(Long.MAX_VALUE);
                tun.read(batch);
                int kept = 0;
                for (int i = 0; i < batch.size(); i++) {
                    PacketBuffer packet = batch.buffer(i);
                    if (Ipv4Header.version(packet.array, packet.offset) == 4) {
                        batch.swap(i, kept++);
                    }
                }
                batch.size(kept);
            }
        }
        return batch.size() == packets;
    }

    private static void add(PacketBatch batch, byte[] packet) {
        PacketBuffer buffer = batch.add();
        System.arraycopy(packet, 0, buffer.array, buffer.offset, packet.length);
        buffer.length = packet.length;
    }
}
