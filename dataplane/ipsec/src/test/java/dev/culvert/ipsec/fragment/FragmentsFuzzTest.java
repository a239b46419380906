package dev.culvert.ipsec.fragment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.culvert.ipsec.fragment.Reassembler.Verdict;
import dev.culvert.ipsec.mtu.Ipv4Fragmenter;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Fragments that anybody on the host may send, inner ones and those of packets that are to be protected whole. */
class FragmentsFuzzTest {
    private static final int LONGEST = 9000;

    private final PacketFlow flow = new PacketFlow();
    private final PacketBuffer buffer = new PacketBuffer(LONGEST);

    /** Whatever comes: each packet that is put together is one, and no longer than what came. */
    @FuzzTest
    void together(byte[] input) {
        int[] abandoned = new int[1];
        Reassembler reassembler = new Reassembler(3, LONGEST, () -> abandoned[0]++);
        int came = 0;
        int fragments = 0;
        long now = 0;
        // two octets of length before each fragment
        for (int at = 0; at + 2 < input.length; ) {
            int length = ((input[at] & 0x3f) << 8) | (input[at + 1] & 0xff);
            byte[] packet = Arrays.copyOfRange(input, at + 2, Math.min(input.length, at + 2 + length));
            now += (input[at] & 0xc0) << 24;
            at += 2 + length;
            if (!flow.read(packet, 0, packet.length) || !flow.isFragment()) {
                continue;
            }
            fragments++;
            came += flow.totalLength();
            if (add(reassembler, Arrays.copyOf(packet, flow.totalLength()), now) == Verdict.WHOLE) {
                assertThat(flow.read(buffer.array, buffer.offset, buffer.length))
                        .isTrue();
                assertThat(flow.totalLength()).isEqualTo(buffer.length).isLessThanOrEqualTo(came);
            }
        }
        assertThat(abandoned[0]).isLessThanOrEqualTo(fragments);
    }

    /** A packet with whatever options and extension headers, cut and put together in another order, is itself again. */
    @FuzzTest
    void apartAndTogether(byte[] input) {
        if (input.length < 3) {
            return;
        }
        int mtu = 68 + (input[0] & 0xff) * 5;
        byte[] packet = Arrays.copyOfRange(input, 1, Math.min(input.length, 3000));
        if (!flow.read(packet, 0, packet.length) || flow.isFragment()) {
            return;
        }
        packet = Arrays.copyOf(packet, flow.totalLength());
        boolean v4 = flow.version() == 4;
        if (v4) {
            Ipv4Header.flagsAndFragmentOffset(packet, 0, 0);
            Ipv4Header.fillChecksum(packet, 0);
        }
        List<byte[]> fragments = cut(packet, v4, mtu);
        if (fragments.size() < 2) {
            return;
        }
        Collections.shuffle(fragments, new Random(Arrays.hashCode(input)));
        Reassembler reassembler = new Reassembler(1, LONGEST, () -> {});
        for (int i = 0; i < fragments.size(); i++) {
            byte[] fragment = fragments.get(i);
            assertThat(flow.read(fragment, 0, fragment.length)).isTrue();
            assertThat(fragment.length).isEqualTo(flow.totalLength()).isLessThanOrEqualTo(mtu);
            Verdict verdict = add(reassembler, fragment, 0);
            assertThat(verdict).isEqualTo(i < fragments.size() - 1 ? Verdict.KEPT : Verdict.WHOLE);
        }
        assertThat(Arrays.copyOfRange(buffer.array, buffer.offset, buffer.end()))
                .isEqualTo(packet);
    }

    private static List<byte[]> cut(byte[] packet, boolean v4, int mtu) {
        int count = v4 ? Ipv4Fragmenter.count(packet, 0, mtu) : Ipv6Fragmenter.count(packet, 0, packet.length, mtu);
        List<byte[]> fragments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PacketBuffer out = new PacketBuffer(LONGEST);
            if (v4) {
                Ipv4Fragmenter.write(packet, 0, mtu, i, out);
            } else {
                Ipv6Fragmenter.write(packet, 0, packet.length, mtu, i, 99, out);
            }
            fragments.add(Arrays.copyOfRange(out.array, out.offset, out.end()));
        }
        return fragments;
    }

    private Verdict add(Reassembler reassembler, byte[] fragment, long nowNanos) {
        buffer.clear();
        System.arraycopy(fragment, 0, buffer.array, buffer.offset, fragment.length);
        buffer.length = fragment.length;
        return reassembler.add(buffer, nowNanos);
    }
}
