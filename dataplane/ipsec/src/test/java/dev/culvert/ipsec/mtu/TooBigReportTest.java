package dev.culvert.ipsec.mtu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.UdpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TooBigReportTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Of another implementation: scapy/generate-icmp.py says how they were made. */
    record Message(String name, String hex, TooBigReport report) {
        static Message parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Message(
                    fields[0],
                    fields[1],
                    new TooBigReport(
                            UdpAddress.of(fields[2], Integer.parseInt(fields[3])),
                            UdpAddress.of(fields[4], Integer.parseInt(fields[5])),
                            Integer.parseInt(fields[6]),
                            HexFormat.fromHexDigits(fields[7]),
                            Integer.parseInt(fields[8])));
        }

        byte[] packet() {
            return HEX.parseHex(hex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Message> messages() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                TooBigReportTest.class.getResourceAsStream("/dev/culvert/ipsec/scapy/too-big.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(Message::parse)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatScapyWrote(Message message) {
        assertThat(parse(message.packet())).isEqualTo(message.report());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyBitCounts(Message message) {
        byte[] packet = message.packet();
        int icmp = message.report().remote().address().isV4() ? 20 : 40;
        for (int bit = 8 * icmp; bit < 8 * packet.length; bit++) {
            byte[] changed = packet.clone();
            changed[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            assertThat(parse(changed)).as("bit %d", bit).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsCutShortIsNoReport(Message message) {
        byte[] packet = message.packet();
        for (int length = 0; length < packet.length; length++) {
            assertThat(parse(Arrays.copyOf(packet, length))).isNull();
        }
    }

    @Test
    void otherIcmpIsNoReport() throws IOException {
        for (int type = 0; type < 256; type++) {
            for (int code = 0; code < 8; code++) {
                byte[] packet = messages().getFirst().packet();
                packet[20 + Icmp.TYPE] = (byte) type;
                packet[20 + Icmp.CODE] = (byte) code;
                BigEndian.putU16(packet, 20 + Icmp.CHECKSUM, 0);
                BigEndian.putU16(packet, 20 + Icmp.CHECKSUM, Checksum.of(packet, 20, packet.length - 20));
                boolean report = type == 3 && code == 4;
                assertThat(parse(packet) != null).isEqualTo(report);
            }
        }
    }

    /** Only the first fragment has ports and SPI. */
    @Test
    void aQuotedLaterFragmentIsNoReport() throws IOException {
        byte[] packet = messages().getFirst().packet();
        Ipv4Header.flagsAndFragmentOffset(packet, 28, 100);
        BigEndian.putU16(packet, 20 + Icmp.CHECKSUM, 0);
        BigEndian.putU16(packet, 20 + Icmp.CHECKSUM, Checksum.of(packet, 20, packet.length - 20));
        assertThat(parse(packet)).isNull();
    }

    @Test
    void aPathIsForgottenTenMinutesAfterItsLastReport() {
        IpAddress peer = IpAddress.parse("192.0.2.2");
        long minute = 60_000_000_000L;
        PathMtus paths = new PathMtus();
        assertThat(paths.learn(peer, 1400, 0)).isEqualTo(TooBigVerdict.LOWERED);
        assertThat(paths.learn(peer, 1400, 5 * minute)).isEqualTo(TooBigVerdict.KNOWN);
        assertThat(paths.learn(peer, 1450, 6 * minute)).as("never raised").isEqualTo(TooBigVerdict.KNOWN);
        assertThat(paths.expire(15 * minute - 1)).isEmpty();
        assertThat(paths.of(peer)).isEqualTo(1400);
        assertThat(paths.expire(15 * minute)).containsExactly(peer);
        assertThat(paths.of(peer)).isEqualTo(PathMtus.UNKNOWN);
    }

    /** At another place than the array's beginning. */
    private static @Nullable TooBigReport parse(byte[] packet) {
        byte[] array = new byte[packet.length + 3];
        System.arraycopy(packet, 0, array, 3, packet.length);
        return TooBigReport.parse(array, 3, packet.length);
    }
}
