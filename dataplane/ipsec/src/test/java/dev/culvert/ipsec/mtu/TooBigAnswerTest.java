package dev.culvert.ipsec.mtu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TooBigAnswerTest {
    private final PacketBuffer out = new PacketBuffer(2000);

    @Test
    void fragmentationNeeded() {
        byte[] packet = Packets.udp(UdpAddress.of("10.1.0.1", 1), UdpAddress.of("10.2.0.1", 2), new byte[1472]);
        assertThat(TooBigAnswer.write(packet, 0, 1438, out)).isTrue();
        byte[] answer = Arrays.copyOfRange(out.array, out.offset, out.end());
        assertThat(answer).hasSize(576);
        assertThat(Ipv4Header.isValid(answer, 0, answer.length)).isTrue();
        assertThat(Ipv4Header.checksumIsRight(answer, 0)).isTrue();
        assertThat(IpAddress.v4(Ipv4Header.source(answer, 0))).hasToString("10.2.0.1");
        assertThat(IpAddress.v4(Ipv4Header.destination(answer, 0))).hasToString("10.1.0.1");
        assertThat(Icmp.type(answer, 20)).isEqualTo(3);
        assertThat(Icmp.code(answer, 20)).isEqualTo(4);
        assertThat(BigEndian.u16(answer, 20 + Icmp.NEXT_HOP_MTU)).isEqualTo(1438);
        assertThat(Checksum.of(answer, 20, answer.length - 20)).isZero();
        assertThat(Arrays.copyOfRange(answer, 28, answer.length)).isEqualTo(Arrays.copyOf(packet, 548));
    }

    @Test
    void packetTooBig() {
        byte[] packet = Packets.udp(UdpAddress.of("fd00:1::1", 1), UdpAddress.of("fd00:2::1", 2), new byte[1452]);
        assertThat(TooBigAnswer.write(packet, 0, 1418, out)).isTrue();
        byte[] answer = Arrays.copyOfRange(out.array, out.offset, out.end());
        assertThat(answer).hasSize(1280);
        assertThat(Ipv6Header.isValid(answer, 0, answer.length)).isTrue();
        assertThat(Arrays.copyOfRange(answer, 8, 24)).isEqualTo(Arrays.copyOfRange(packet, 24, 40));
        assertThat(Arrays.copyOfRange(answer, 24, 40)).isEqualTo(Arrays.copyOfRange(packet, 8, 24));
        assertThat(Icmp.typeAndCode(answer, 40)).isEqualTo(0x0200);
        assertThat(BigEndian.u32(answer, 40 + Icmp.V6_MTU)).isEqualTo(1418);
        assertThat(Checksum.ofUpperLayer(answer, 0, IpProtocol.ICMPV6, 40, answer.length - 40))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.1,224.0.0.1", "10.1.0.1,255.255.255.255", "0.0.0.0,10.2.0.1", "239.0.0.1,10.2.0.1"})
    void neverAboutPacketsThatAreNotFromAndToOneHost(String from, String to) {
        byte[] packet = Packets.udp(UdpAddress.of(from, 1), UdpAddress.of(to, 2), new byte[1472]);
        assertThat(TooBigAnswer.write(packet, 0, 1438, out)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12})
    void neverAboutIcmpErrors(int type) {
        byte[] packet = Packets.ip(IpAddress.parse("10.1.0.1"), IpAddress.parse("10.2.0.1"), IpProtocol.ICMP, 1400);
        packet[20] = (byte) type;
        assertThat(TooBigAnswer.write(packet, 0, 1200, out)).isFalse();
        packet[20] = Icmp.ECHO_REQUEST;
        assertThat(TooBigAnswer.write(packet, 0, 1200, out)).isTrue();
    }

    @Test
    void neverAboutIcmpV6ErrorsOrMulticast() {
        IpAddress left = IpAddress.parse("fd00:1::1");
        byte[] error = Packets.ip(left, IpAddress.parse("fd00:2::1"), IpProtocol.ICMPV6, 1400);
        error[40] = Icmp.V6_PACKET_TOO_BIG;
        assertThat(TooBigAnswer.write(error, 0, 1280, out)).isFalse();
        byte[] multicast = Packets.ip(left, IpAddress.parse("ff02::1"), IpProtocol.UDP, 1400);
        assertThat(TooBigAnswer.write(multicast, 0, 1280, out)).isFalse();
    }

    @Test
    void neverAboutLaterFragments() {
        byte[] packet = Packets.udp(UdpAddress.of("10.1.0.1", 1), UdpAddress.of("10.2.0.1", 2), new byte[1472]);
        Ipv4Header.flagsAndFragmentOffset(packet, 0, Ipv4Header.DF | 10);
        assertThat(TooBigAnswer.write(packet, 0, 1438, out)).isFalse();
    }
}
