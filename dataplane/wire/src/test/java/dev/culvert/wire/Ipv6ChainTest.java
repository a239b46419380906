package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Ipv6ChainTest {
    private static final String HOP_BY_HOP = "010400000000";
    private static final String EMPTY_OPTIONS = "00010400000000";

    private static byte[] packet(int nextHeader, String rest) {
        byte[] tail = HexFormat.of().parseHex(rest.replace(" ", ""));
        byte[] a = new byte[Ipv6Header.LENGTH + tail.length];
        Ipv6Header.write(a, 0, tail.length, nextHeader, IpAddress.ANY_V6, IpAddress.ANY_V6);
        System.arraycopy(tail, 0, a, Ipv6Header.LENGTH, tail.length);
        return a;
    }

    private static String print(long place) {
        return place == Ipv6Chain.NONE
                ? "none"
                : Ipv6Chain.protocolOf(place) + "@" + Ipv6Chain.offsetOf(place) + " named at "
                        + Ipv6Chain.nameOf(place);
    }

    private static String behind(byte[] a) {
        return print(Ipv6Chain.behindExtensions(a, 0, a.length));
    }

    private static String insertion(byte[] a) {
        return print(Ipv6Chain.insertion(a, 0, a.length));
    }

    @Test
    void withoutExtensionsTheUpperLayerIsBoth() {
        byte[] udp = packet(IpProtocol.UDP, "0000000000000000");
        assertThat(behind(udp)).isEqualTo("17@40 named at 6");
        assertThat(insertion(udp)).isEqualTo("17@40 named at 6");
    }

    @Test
    void theFirstHeadersStayBeforeEsp() {
        // hop-by-hop, destination options, routing (type 2 of 24 octets), destination options, UDP
        byte[] all = packet(
                IpProtocol.HOP_BY_HOP,
                "3c" + EMPTY_OPTIONS + "2b" + EMPTY_OPTIONS + "3c020200 00000000" + "00".repeat(16) + "11"
                        + EMPTY_OPTIONS + "0000000000000000");
        assertThat(insertion(all)).as("before the last destination options").isEqualTo("60@80 named at 56");
        assertThat(behind(all)).isEqualTo("17@88 named at 80");
        byte[] esp = packet(IpProtocol.HOP_BY_HOP, "32 00" + HOP_BY_HOP + "0000100100000001");
        assertThat(behind(esp)).isEqualTo("50@48 named at 40");
    }

    @Test
    void fragmentsAndCutChainsHaveNoPlace() {
        assertThat(behind(packet(IpProtocol.FRAGMENT, "3200000100000007 0000100100000001")))
                .isEqualTo("none");
        byte[] chain = packet(IpProtocol.HOP_BY_HOP, "32 01" + HOP_BY_HOP + "0000000000000000");
        for (int length = Ipv6Header.LENGTH; length < chain.length; length++) {
            assertThat(behind(Arrays.copyOf(chain, length)))
                    .as("%d octets", length)
                    .isEqualTo("none");
        }
        assertThat(behind(chain)).isEqualTo("50@56 named at 40");
        byte[] endless = packet(IpProtocol.DESTINATION_OPTIONS, ("3c" + EMPTY_OPTIONS).repeat(20));
        assertThat(behind(endless)).isEqualTo("none");
    }
}
