package dev.culvert.io.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.io.OwnNetworkNamespace;
import dev.culvert.io.poll.Poller;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RawPortTest {
    @Test
    void anIpv4PacketArrivesAsItWasWritten() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (RawPort port = RawPort.open(4, IpProtocol.ESP)) {
                PacketBatch out = new PacketBatch(2, 2000);
                PacketBuffer packet = out.add();
                Ipv4Header.write(packet.array, packet.offset, 100, IpProtocol.ESP, 0x7f000001, 0x7f000002);
                Ipv4Header.tos(packet.array, packet.offset, 0xb9);
                Ipv4Header.identification(packet.array, packet.offset, 4711);
                Ipv4Header.fillChecksum(packet.array, packet.offset);
                packet.length = 100;
                packet.local = UdpAddress.of("127.0.0.1", 0);
                packet.remote = UdpAddress.of("127.0.0.2", 0);
                byte[] sent = Arrays.copyOfRange(packet.array, packet.offset, packet.end());
                assertThat(port.send(out)).isEqualTo(1);

                PacketBuffer received = awaitOne(port);
                assertThat(Arrays.copyOfRange(received.array, received.offset, received.end()))
                        .isEqualTo(sent);
                assertThat(received.remote).isEqualTo(UdpAddress.of("127.0.0.1", 0));
                assertThat(received.local).isEqualTo(UdpAddress.of("127.0.0.2", 0));
            }
        });
    }

    @Test
    void anIpv6PacketArrivesWithAHeaderThatSaysTheSame() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (RawPort port = RawPort.open(6, IpProtocol.ESP)) {
                IpAddress loopback = IpAddress.parse("::1");
                PacketBatch out = new PacketBatch(2, 2000);
                PacketBuffer packet = out.add();
                Ipv6Header.write(packet.array, packet.offset, 60, IpProtocol.ESP, loopback, loopback);
                Ipv6Header.trafficClass(packet.array, packet.offset, 0x03);
                packet.length = 100;
                packet.array[packet.end() - 1] = 9;
                packet.local = new UdpAddress(loopback, 0);
                packet.remote = new UdpAddress(loopback, 0);
                byte[] sent = Arrays.copyOfRange(packet.array, packet.offset, packet.end());
                assertThat(port.send(out)).isEqualTo(1);
                PacketBuffer received = awaitOne(port);
                assertThat(Arrays.copyOfRange(received.array, received.offset, received.end()))
                        .isEqualTo(sent);
            }
        });
    }

    @Test
    void otherProtocolsAreNotSeen() throws Exception {
        OwnNetworkNamespace.run(() -> {
            try (RawPort esp = RawPort.open(4, IpProtocol.ESP);
                    RawPort ah = RawPort.open(4, IpProtocol.AH)) {
                PacketBatch out = new PacketBatch(2, 2000);
                for (int protocol : new int[] {IpProtocol.ESP, IpProtocol.AH}) {
                    PacketBuffer packet = out.add();
                    Ipv4Header.write(packet.array, packet.offset, 40, protocol, 0x7f000001, 0x7f000001);
                    packet.length = 40;
                    packet.remote = UdpAddress.of("127.0.0.1", 0);
                }
                assertThat(esp.send(out)).as("either socket sends both").isEqualTo(2);
                PacketBuffer received = awaitOne(ah);
                assertThat(Ipv4Header.protocol(received.array, received.offset)).isEqualTo(IpProtocol.AH);
                assertThat(awaitOne(esp).length).isEqualTo(40);
            }
        });
    }

    @Test
    void reportsOfPathsAreSeenAndNoOtherIcmp() throws Exception {
        OwnNetworkNamespace.run(() -> {
            IpAddress loopback = IpAddress.parse("::1");
            try (RawPort reports4 = RawPort.openForTooBig(4);
                    RawPort reports6 = RawPort.openForTooBig(6);
                    RawPort sender4 = RawPort.open(4, IpProtocol.ESP);
                    RawPort sender6 = RawPort.open(6, IpProtocol.ESP)) {
                PacketBatch out = new PacketBatch(4, 2000);
                for (int type : new int[] {Icmp.ECHO_REPLY, 11, Icmp.DESTINATION_UNREACHABLE}) {
                    PacketBuffer packet = out.add();
                    Ipv4Header.write(packet.array, packet.offset, 60, IpProtocol.ICMP, 0x7f000001, 0x7f000001);
                    packet.array[packet.offset + 20] = (byte) type;
                    packet.length = 60;
                    packet.remote = UdpAddress.of("127.0.0.1", 0);
                }
                assertThat(sender4.send(out)).isEqualTo(3);
                PacketBuffer received = awaitOne(reports4);
                assertThat(Icmp.type(received.array, received.offset + 20)).isEqualTo(Icmp.DESTINATION_UNREACHABLE);

                for (int type : new int[] {Icmp.V6_ECHO_REPLY, 1, 3, Icmp.V6_PACKET_TOO_BIG}) {
                    PacketBuffer packet = out.add();
                    int icmp = packet.offset + Ipv6Header.LENGTH;
                    Ipv6Header.write(packet.array, packet.offset, 60, IpProtocol.ICMPV6, loopback, loopback);
                    packet.array[icmp] = (byte) type;
                    BigEndian.putU16(
                            packet.array,
                            icmp + Icmp.CHECKSUM,
                            Checksum.ofUpperLayer(packet.array, packet.offset, IpProtocol.ICMPV6, icmp, 60));
                    packet.length = 100;
                    packet.remote = new UdpAddress(loopback, 0);
                }
                assertThat(sender6.send(out)).isEqualTo(4);
                received = awaitOne(reports6);
                assertThat(Icmp.type(received.array, received.offset + Ipv6Header.LENGTH))
                        .isEqualTo(Icmp.V6_PACKET_TOO_BIG);
            }
        });
    }

    private static PacketBuffer awaitOne(RawPort port) throws IOException {
        PacketBatch batch = new PacketBatch(4, 2000);
        try (Poller poller = Poller.open()) {
            int key = poller.add(port);
            poller.poll(TimeUnit.SECONDS.toNanos(10));
            assertThat(poller.isReadable(key)).isTrue();
        }
        assertThat(port.receive(batch)).isEqualTo(1);
        return batch.buffer(0);
    }
}
