package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class IpHeaderTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void ipv4FieldsStandWhereRfc791PutsThem() {
        byte[] a = hex("ee 46b90058 1234 6007 3f11 0000 c0000201 c6336402 01020304");
        assertThat(Ipv4Header.version(a, 1)).isEqualTo(4);
        assertThat(Ipv4Header.headerLength(a, 1)).isEqualTo(24);
        assertThat(Ipv4Header.tos(a, 1)).isEqualTo(0xb9);
        assertThat(Ipv4Header.totalLength(a, 1)).isEqualTo(0x58);
        assertThat(Ipv4Header.identification(a, 1)).isEqualTo(0x1234);
        assertThat(Ipv4Header.dontFragment(a, 1)).isTrue();
        assertThat(Ipv4Header.isFragment(a, 1)).isTrue();
        assertThat(Ipv4Header.isLaterFragment(a, 1)).isTrue();
        assertThat(Ipv4Header.ttl(a, 1)).isEqualTo(0x3f);
        assertThat(Ipv4Header.protocol(a, 1)).isEqualTo(IpProtocol.UDP);
        assertThat(Ipv4Header.source(a, 1)).isEqualTo(0xc0000201);
        assertThat(Ipv4Header.destination(a, 1)).isEqualTo(0xc6336402);
        assertThat(Ipv4Header.checksumIsRight(a, 1)).isFalse();
        Ipv4Header.fillChecksum(a, 1);
        assertThat(Ipv4Header.checksumIsRight(a, 1)).isTrue();
    }

    @Test
    void ipv4ValidityAtEveryLengthAndWithEveryLie() {
        byte[] a = new byte[60];
        Ipv4Header.write(a, 0, 40, IpProtocol.TCP, 1, 2);
        for (int available = 0; available <= 60; available++) {
            assertThat(Ipv4Header.isValid(a, 0, available)).isEqualTo(available >= 40);
        }
        for (int lie : new int[] {0x44, 0x40, 0x65, 0x05, 0x4b}) {
            a[0] = (byte) lie;
            assertThat(Ipv4Header.isValid(a, 0, 60)).as("%x", lie).isFalse();
        }
        a[0] = 0x45;
        Ipv4Header.totalLength(a, 0, 19);
        assertThat(Ipv4Header.isValid(a, 0, 60)).isFalse();
    }

    @Test
    void ipv6FieldsStandWhereRfc8200PutsThem() {
        byte[] a = hex("6b9fffff 0010 1140 20010db8000000000000000000000001 20010db8000000000000000000000002");
        assertThat(Ipv6Header.trafficClass(a, 0)).isEqualTo(0xb9);
        Ipv6Header.trafficClass(a, 0, 0x46);
        assertThat(BigEndian.int32(a, 0)).isEqualTo(0x646fffff);
        assertThat(Ipv6Header.payloadLength(a, 0)).isEqualTo(16);
        assertThat(Ipv6Header.nextHeader(a, 0)).isEqualTo(IpProtocol.UDP);
        assertThat(Ipv6Header.hopLimit(a, 0)).isEqualTo(64);
        assertThat(Ipv6Header.sourceHigh(a, 0)).isEqualTo(0x20010db800000000L);
        assertThat(Ipv6Header.destinationLow(a, 0)).isEqualTo(2);
        assertThat(Ipv6Header.isValid(a, 0, 56)).isTrue();
        assertThat(Ipv6Header.isValid(a, 0, 55)).isFalse();
        assertThat(Ipv6Header.isValid(a, 0, 39)).isFalse();
    }

    private static byte[] ipv6(int nextHeader, String rest) {
        byte[] tail = hex(rest);
        byte[] a = new byte[Ipv6Header.LENGTH + tail.length];
        Ipv6Header.write(a, 0, tail.length, nextHeader, IpAddress.ANY_V6, IpAddress.ANY_V6);
        System.arraycopy(tail, 0, a, Ipv6Header.LENGTH, tail.length);
        return a;
    }

    private static String upperLayer(byte[] a) {
        int found = Ipv6Header.upperLayer(a, 0, a.length);
        return Ipv6Header.protocolOf(found) + "@" + Ipv6Header.offsetOf(found);
    }

    @Test
    void extensionHeadersArePassedOver() {
        assertThat(upperLayer(ipv6(IpProtocol.UDP, "0000000000000000"))).isEqualTo("17@40");
        // Hop-by-hop of 16 bytes, a first fragment, destination options, then TCP.
        assertThat(upperLayer(ipv6(
                        IpProtocol.HOP_BY_HOP,
                        "2c01000000000000 0000000000000000 3c00000100000001 0600000000000000 ffff")))
                .isEqualTo("6@72");
        assertThat(upperLayer(ipv6(IpProtocol.FRAGMENT, "1100000800000001 ffff")))
                .isEqualTo("59@50");
    }

    @Test
    void line03_endlessAndCutChainsEndInNoNextHeader() {
        assertThat(upperLayer(ipv6(IpProtocol.HOP_BY_HOP, "0000000000000000".repeat(100))))
                .isEqualTo("59@840");
        assertThat(upperLayer(ipv6(IpProtocol.ROUTING, "06ff000000000000"))).isEqualTo("59@48");
        for (int length = 0; length < 8; length++) {
            assertThat(upperLayer(ipv6(IpProtocol.DESTINATION_OPTIONS, "06".repeat(length))))
                    .isEqualTo("59@" + (40 + length));
        }
    }

    @Test
    void upperLayerFields() {
        byte[] udp = new byte[8];
        UdpHeader.write(udp, 0, 500, 65_535, 8);
        assertThat(UdpHeader.sourcePort(udp, 0)).isEqualTo(500);
        assertThat(UdpHeader.destinationPort(udp, 0)).isEqualTo(65_535);
        assertThat(UdpHeader.length(udp, 0)).isEqualTo(8);
        assertThat(UdpHeader.checksum(udp, 0)).isZero();
        byte[] tcp = hex("01f4 ffff 00000001 00000002 8012 ffff 0000 0000");
        assertThat(TcpHeader.headerLength(tcp, 0)).isEqualTo(32);
        assertThat(TcpHeader.flags(tcp, 0)).isEqualTo(TcpHeader.SYN | TcpHeader.ACK);
        assertThat(TcpHeader.destinationPort(tcp, 0)).isEqualTo(65_535);
        assertThat(Icmp.typeAndCode(hex("0304"), 0)).isEqualTo(0x0304);
    }
}
