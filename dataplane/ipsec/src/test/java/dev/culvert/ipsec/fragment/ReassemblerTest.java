package dev.culvert.ipsec.fragment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.fragment.Reassembler.Verdict;
import dev.culvert.ipsec.mtu.Ipv4Fragmenter;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReassemblerTest {
    private static final int LONGEST = 9000;
    private static final long SECOND = 1_000_000_000L;

    private final AtomicInteger abandoned = new AtomicInteger();
    private final Reassembler reassembler = new Reassembler(4, LONGEST, abandoned::incrementAndGet);
    private final PacketBuffer buffer = new PacketBuffer(LONGEST);

    private static byte[] packet(boolean v4, int payload, int identification) {
        byte[] bytes = new byte[payload];
        new Random(payload).nextBytes(bytes);
        byte[] packet = Packets.udp(
                v4 ? UdpAddress.of("10.1.0.5", 1) : UdpAddress.of("fd00:1::5", 1),
                v4 ? UdpAddress.of("10.2.0.9", 2) : UdpAddress.of("fd00:2::9", 2),
                bytes);
        if (v4) {
            Ipv4Header.identification(packet, 0, identification);
            Ipv4Header.fillChecksum(packet, 0);
        }
        return packet;
    }

    private static List<byte[]> cut(byte[] packet, int mtu, int identification) {
        boolean v4 = packet[0] >>> 4 == 4;
        int count = v4 ? Ipv4Fragmenter.count(packet, 0, mtu) : Ipv6Fragmenter.count(packet, 0, packet.length, mtu);
        List<byte[]> fragments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PacketBuffer out = new PacketBuffer(LONGEST);
            if (v4) {
                Ipv4Fragmenter.write(packet, 0, mtu, i, out);
            } else {
                Ipv6Fragmenter.write(packet, 0, packet.length, mtu, i, identification, out);
            }
            assertThat(out.length).isLessThanOrEqualTo(mtu);
            fragments.add(Arrays.copyOfRange(out.array, out.offset, out.end()));
        }
        return fragments;
    }

    private Verdict add(byte[] fragment, long nowNanos) {
        buffer.clear();
        System.arraycopy(fragment, 0, buffer.array, buffer.offset, fragment.length);
        buffer.length = fragment.length;
        return reassembler.add(buffer, nowNanos);
    }

    private byte[] whole() {
        return Arrays.copyOfRange(buffer.array, buffer.offset, buffer.end());
    }

    @Test
    void fragmentsInAnyOrderMakeThePacket() {
        Random random = new Random(11);
        for (boolean v4 : new boolean[] {true, false}) {
            for (int payload = 1; payload < 8000; payload += 331) {
                byte[] packet = packet(v4, payload, payload);
                List<byte[]> fragments = cut(packet, 400 + random.nextInt(1200), payload);
                Collections.shuffle(fragments, random);
                for (int i = 0; i < fragments.size(); i++) {
                    boolean last = i == fragments.size() - 1;
                    assertThat(add(fragments.get(i), 0)).isEqualTo(last ? Verdict.WHOLE : Verdict.KEPT);
                }
                assertThat(whole()).isEqualTo(packet);
            }
        }
        assertThat(abandoned).hasValue(0);
    }

    @Test
    void packetsAreKeptApart() {
        byte[] one = packet(true, 3000, 1);
        byte[] two = packet(true, 3001, 2);
        List<byte[]> ofOne = cut(one, 1000, 1);
        List<byte[]> ofTwo = cut(two, 1000, 2);
        for (int i = 0; i < ofOne.size() - 1; i++) {
            assertThat(add(ofOne.get(i), 0)).isEqualTo(Verdict.KEPT);
            assertThat(add(ofTwo.get(i), 0)).isEqualTo(Verdict.KEPT);
        }
        assertThat(add(ofTwo.getLast(), 0)).isEqualTo(Verdict.WHOLE);
        assertThat(whole()).isEqualTo(two);
        assertThat(add(ofOne.getLast(), 0)).isEqualTo(Verdict.WHOLE);
        assertThat(whole()).isEqualTo(one);
    }

    /** RFC 5722 §4. */
    @Test
    void anOverlapEndsThePacket() {
        List<byte[]> fragments = cut(packet(true, 3000, 1), 1000, 1);
        assertThat(add(fragments.get(0), 0)).isEqualTo(Verdict.KEPT);
        assertThat(add(fragments.get(0), 0)).isEqualTo(Verdict.REFUSED);
        for (int i = 1; i < fragments.size(); i++) {
            assertThat(add(fragments.get(i), 0)).isNotEqualTo(Verdict.WHOLE);
        }
    }

    @Test
    void theOldestGivesWayAndWhatWaitsTooLongIsGivenUp() {
        for (int id = 1; id <= 5; id++) {
            assertThat(add(cut(packet(true, 3000, id), 1000, id).get(0), id)).isEqualTo(Verdict.KEPT);
        }
        assertThat(abandoned).as("the first of five").hasValue(1);
        add(cut(packet(true, 3000, 6), 1000, 6).get(0), 16 * SECOND);
        assertThat(abandoned).hasValue(5);
    }

    @Test
    void fragmentsBeyondTheLongestPacketAndLiesAboutTheEndAreRefused() {
        byte[] last = cut(packet(true, 3000, 1), 1000, 1).getLast();
        Ipv4Header.flagsAndFragmentOffset(last, 0, 0x1fff);
        assertThat(add(last, 0)).isEqualTo(Verdict.REFUSED);
        List<byte[]> fragments = cut(packet(true, 3000, 2), 1000, 2);
        assertThat(add(fragments.getLast(), 0)).isEqualTo(Verdict.KEPT);
        byte[] beyond = fragments.get(1).clone();
        Ipv4Header.flagsAndFragmentOffset(beyond, 0, Ipv4Header.MF | 500);
        assertThat(add(beyond, 0)).as("behind the last one").isEqualTo(Verdict.REFUSED);
    }
}
