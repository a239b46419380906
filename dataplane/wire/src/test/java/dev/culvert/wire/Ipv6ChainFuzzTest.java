package dev.culvert.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** IPv6 extension headers, which anybody may send: every walk ends within the packet, and all walks agree. */
class Ipv6ChainFuzzTest {
    @FuzzTest
    void extensionHeaders(byte[] packet) {
        if (!Ipv6Header.isValid(packet, 0, packet.length)) {
            return;
        }
        int total = Ipv6Header.totalLength(packet, 0);
        int upper = Ipv6Header.upperLayer(packet, 0, total);
        assertThat(Ipv6Header.offsetOf(upper)).isBetween(Ipv6Header.LENGTH, total);
        long behind = Ipv6Chain.behindExtensions(packet, 0, total);
        long insertion = Ipv6Chain.insertion(packet, 0, total);
        long fragment = Ipv6Chain.fragment(packet, 0, total);
        within(packet, behind, total);
        within(packet, insertion, total);
        within(packet, fragment, total);
        if (fragment != Ipv6Chain.NONE) {
            assertThat(Ipv6Chain.protocolOf(fragment)).isEqualTo(IpProtocol.FRAGMENT);
            assertThat(behind).as("neither is looked for in a fragment").isEqualTo(Ipv6Chain.NONE);
        }
        if (behind != Ipv6Chain.NONE) {
            assertThat(Ipv6Chain.offsetOf(insertion)).isLessThanOrEqualTo(Ipv6Chain.offsetOf(behind));
            if (Ipv6Chain.protocolOf(behind) != IpProtocol.MOBILITY) {
                assertThat(Ipv6Chain.protocolOf(behind)).isEqualTo(Ipv6Header.protocolOf(upper));
                assertThat(Ipv6Chain.offsetOf(behind)).isEqualTo(Ipv6Header.offsetOf(upper));
            }
        }
    }

    private static void within(byte[] packet, long place, int total) {
        if (place != Ipv6Chain.NONE) {
            assertThat(Ipv6Chain.offsetOf(place)).isBetween(Ipv6Header.LENGTH, total);
            assertThat(Ipv6Chain.nameOf(place)).isLessThan(Ipv6Chain.offsetOf(place));
            assertThat(BigEndian.u8(packet, Ipv6Chain.nameOf(place))).isEqualTo(Ipv6Chain.protocolOf(place));
        }
    }
}
