package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.fragment.Ipv6Fragmenter;
import dev.culvert.ipsec.fragment.Reassembler;
import dev.culvert.ipsec.mtu.Ipv4Fragmenter;
import dev.culvert.wire.PacketBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What IP does on the way, for tests. */
public final class Fragments {
    private static final int LONGEST = 9216;

    private Fragments() {}

    public static List<byte[]> cut(byte[] packet, int mtu) {
        boolean v4 = packet[0] >>> 4 == 4;
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

    public static byte[] together(List<byte[]> fragments) {
        Reassembler reassembler = new Reassembler(1, LONGEST, () -> {});
        Reassembler.Verdict verdict = Reassembler.Verdict.KEPT;
        PacketBuffer buffer = new PacketBuffer(LONGEST);
        for (byte[] fragment : fragments) {
            assertThat(verdict).isEqualTo(Reassembler.Verdict.KEPT);
            buffer.clear();
            System.arraycopy(fragment, 0, buffer.array, buffer.offset, fragment.length);
            buffer.length = fragment.length;
            verdict = reassembler.add(buffer, 0);
        }
        assertThat(verdict).isEqualTo(Reassembler.Verdict.WHOLE);
        return Arrays.copyOfRange(buffer.array, buffer.offset, buffer.end());
    }
}
