package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.Checksum;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.UdpAddress;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PcapTest {
    /** Golden bytes, which tshark 4.0 reads as two right checksums (ip.checksum.status, udp.checksum.status 1). */
    @Test
    void writesOneDatagram() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Pcap pcap = new Pcap(out)) {
            pcap.write(new Datagram(
                    UdpAddress.of("192.0.2.1", 500),
                    UdpAddress.of("192.0.2.2", 500),
                    new byte[] {1, 2, 3},
                    1_000_000_005L));
        }
        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .isEqualTo("a1b23c4d00020004" + "0000000000000000" + "0000ffff00000065"
                        + "0000000100000005" + "0000001f0000001f"
                        + "4500001f00000000" + "4011f6cac0000201" + "c0000202"
                        + "01f401f4000b73ea" + "010203");
    }

    @Test
    void packetsHaveRightChecksums() {
        IpAddress a4 = IpAddress.parse("10.1.0.1");
        IpAddress b4 = IpAddress.parse("10.2.0.1");
        byte[] ping4 = Packets.echoRequest(a4, b4, 7, 1, new byte[] {9});
        assertThat(Ipv4Header.isValid(ping4, 0, ping4.length)).isTrue();
        assertThat(Ipv4Header.checksumIsRight(ping4, 0)).isTrue();
        assertThat(Checksum.of(ping4, 20, 9)).isZero();

        IpAddress a6 = IpAddress.parse("2001:db8::1");
        IpAddress b6 = IpAddress.parse("2001:db8::2");
        byte[] ping6 = Packets.echoReply(a6, b6, 7, 1, new byte[] {9});
        assertThat(Ipv6Header.isValid(ping6, 0, ping6.length)).isTrue();
        assertThat(Checksum.ofUpperLayer(ping6, 0, IpProtocol.ICMPV6, 40, 9)).isZero();

        byte[] udp6 = Packets.udp(new UdpAddress(a6, 1), new UdpAddress(b6, 2), new byte[5]);
        assertThat(Checksum.ofUpperLayer(udp6, 0, IpProtocol.UDP, 40, 13)).isZero();
    }
}
