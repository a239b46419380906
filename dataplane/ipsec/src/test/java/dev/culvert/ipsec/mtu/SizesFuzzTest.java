package dev.culvert.ipsec.mtu;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ipsec.spd.PacketFlow;

/** What anybody may send: ICMP to the gateway, TCP options through it. */
class SizesFuzzTest {
    @FuzzTest
    void tooBig(byte[] packet) {
        TooBigReport report = TooBigReport.parse(packet, 0, packet.length);
        if (report != null) {
            assertThat(report.local().address().version())
                    .isEqualTo(report.remote().address().version());
            assertThat(report.mtu()).isBetween(0, PathMtus.UNKNOWN);
        }
    }

    /** Twice the same as once, and nothing outside TCP's header changes. */
    @FuzzTest
    void segmentSize(byte[] packet) {
        PacketFlow flow = new PacketFlow();
        if (!flow.read(packet, 0, packet.length)) {
            return;
        }
        byte[] once = packet.clone();
        SegmentSize.lower(once, 0, flow, 1322);
        byte[] twice = once.clone();
        SegmentSize.lower(twice, 0, flow, 1322);
        assertThat(twice).isEqualTo(once);
        for (int i = 0; i < packet.length; i++) {
            if (i < flow.upperOffset() + 16 || i >= flow.upperOffset() + 60) {
                assertThat(once[i]).isEqualTo(packet[i]);
            }
        }
    }
}
