package dev.culvert.ipsec.mtu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4FragmenterTest {
    private final byte[] packet = packet(3000);

    @ParameterizedTest
    @ValueSource(ints = {28, 100, 576, 1422, 1438, 2999})
    void theFragmentsFitAndMakeUpThePacket(int mtu) {
        List<byte[]> fragments = fragments(packet, mtu);
        byte[] reassembled = Arrays.copyOf(packet, packet.length);
        Arrays.fill(reassembled, 20, packet.length, (byte) 0);
        int end = 0;
        for (byte[] fragment : fragments) {
            assertThat(fragment.length).isLessThanOrEqualTo(mtu);
            assertThat(Ipv4Header.isValid(fragment, 0, fragment.length)).isTrue();
            assertThat(Ipv4Header.checksumIsRight(fragment, 0)).isTrue();
            assertThat(Ipv4Header.identification(fragment, 0)).isEqualTo(0x1234);
            assertThat(Ipv4Header.source(fragment, 0)).isEqualTo(Ipv4Header.source(packet, 0));
            int at = offset(fragment);
            assertThat(at).isEqualTo(end);
            System.arraycopy(fragment, 20, reassembled, 20 + at, fragment.length - 20);
            end = at + fragment.length - 20;
            assertThat(moreFollow(fragment)).isEqualTo(end < packet.length - 20);
        }
        assertThat(reassembled).isEqualTo(packet);
    }

    @Test
    void aFragmentIsCutFurther() {
        byte[] middle = packet.clone();
        Ipv4Header.flagsAndFragmentOffset(middle, 0, Ipv4Header.MF | 100);
        List<byte[]> fragments = fragments(middle, 1500);
        assertThat(offset(fragments.getFirst())).isEqualTo(800);
        assertThat(offset(fragments.get(1))).isEqualTo(800 + 1480);
        assertThat(fragments).allMatch(Ipv4FragmenterTest::moreFollow);
    }

    /** RFC 791 §3.1: record route (7) is not copied; loose source route (131) is. */
    @Test
    void onlyOptionsWithTheCopyFlagAreInLaterFragments() {
        byte[] options = HexFormat.of().parseHex("01070704000000008307040a00000100");
        byte[] long_ = new byte[packet.length + options.length];
        System.arraycopy(packet, 0, long_, 0, 20);
        System.arraycopy(options, 0, long_, 20, options.length);
        System.arraycopy(packet, 20, long_, 20 + options.length, packet.length - 20);
        long_[0] = (byte) (0x40 | (20 + options.length) / 4);
        Ipv4Header.totalLength(long_, 0, long_.length);
        List<byte[]> fragments = fragments(long_, 1000);
        assertThat(HexFormat.of().formatHex(fragments.getFirst(), 20, 36))
                .isEqualTo("01070704000000008307040a00000100");
        for (byte[] later : fragments.subList(1, fragments.size())) {
            assertThat(Ipv4Header.headerLength(later, 0)).isEqualTo(28);
            assertThat(HexFormat.of().formatHex(later, 20, 28)).isEqualTo("8307040a00000100");
        }
        assertThat(fragments.stream()
                        .mapToInt(f -> f.length - Ipv4Header.headerLength(f, 0))
                        .sum())
                .isEqualTo(packet.length - 20);
    }

    @Test
    void malformedOptionsEndTheCopying() {
        for (String options : List.of("83000000", "83ff0000", "00000083", "01010183")) {
            byte[] changed = Arrays.copyOf(packet, packet.length);
            changed[0] = 0x46;
            System.arraycopy(HexFormat.of().parseHex(options), 0, changed, 20, 4);
            assertThat(fragments(changed, 600)).allMatch(f -> Ipv4Header.isValid(f, 0, f.length));
        }
    }

    @Test
    void anMtuWithoutRoomGivesNothing() {
        assertThat(Ipv4FragmenterTest.fragments(packet, 27)).isEmpty();
        assertThat(Ipv4FragmenterTest.fragments(packet, 0)).isEmpty();
    }

    private static List<byte[]> fragments(byte[] packet, int mtu) {
        List<byte[]> fragments = new ArrayList<>();
        for (int i = 0; i < Ipv4Fragmenter.count(packet, 0, mtu); i++) {
            PacketBuffer out = new PacketBuffer(4000);
            Arrays.fill(out.array, (byte) 0xee);
            Ipv4Fragmenter.write(packet, 0, mtu, i, out);
            fragments.add(Arrays.copyOfRange(out.array, out.offset, out.end()));
        }
        return fragments;
    }

    private static int offset(byte[] fragment) {
        return (Ipv4Header.flagsAndFragmentOffset(fragment, 0) & Ipv4Header.FRAGMENT_OFFSET_MASK) * 8;
    }

    private static boolean moreFollow(byte[] fragment) {
        return (Ipv4Header.flagsAndFragmentOffset(fragment, 0) & Ipv4Header.MF) != 0;
    }

    private static byte[] packet(int length) {
        byte[] payload = new byte[length - 28];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i * 31 + i / 256);
        }
        byte[] packet = Packets.udp(UdpAddress.of("10.1.0.1", 1), UdpAddress.of("10.2.0.1", 2), payload);
        Ipv4Header.identification(packet, 0, 0x1234);
        BigEndian.putU16(packet, Ipv4Header.CHECKSUM, 0);
        Ipv4Header.fillChecksum(packet, 0);
        return packet;
    }
}
