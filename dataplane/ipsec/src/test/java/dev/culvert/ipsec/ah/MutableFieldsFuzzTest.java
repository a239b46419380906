package dev.culvert.ipsec.ah;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;

/** Options and extension headers before AH, which anybody may send: what a router may change makes no difference. */
class MutableFieldsFuzzTest {
    @FuzzTest
    void zero(byte[] packet) {
        PacketFlow flow = new PacketFlow();
        if (!flow.read(packet, 0, packet.length)) {
            return;
        }
        int length = flow.upperOffset();
        byte[] here = packet.clone();
        boolean wellFormed = MutableFields.zero(here, length);
        byte[] onTheWay = packet.clone();
        if (flow.version() == 4) {
            onTheWay[Ipv4Header.TOS] ^= (byte) 0xff;
            onTheWay[Ipv4Header.TTL] ^= (byte) 0xff;
            onTheWay[Ipv4Header.CHECKSUM] ^= (byte) 0xff;
        } else {
            onTheWay[1] ^= (byte) 0xff;
            onTheWay[Ipv6Header.HOP_LIMIT] ^= (byte) 0xff;
        }
        assertThat(MutableFields.zero(onTheWay, length)).isEqualTo(wellFormed);
        if (!wellFormed) {
            return;
        }
        assertThat(onTheWay).isEqualTo(here);
        assertThat(MutableFields.zero(onTheWay, length)).isTrue();
        assertThat(onTheWay).as("twice the same as once").isEqualTo(here);
        for (int i = length; i < packet.length; i++) {
            assertThat(here[i]).as("octet %d, behind the headers", i).isEqualTo(packet[i]);
        }
    }
}
