package dev.culvert.ipsec.mtu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.TcpHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSizeTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int LIMIT = 1322;

    /** Of another implementation: scapy/generate-syn.py says how they were made. */
    record Segment(String name, int limit, String beforeHex, String afterHex) {
        static Segment parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Segment(fields[0], Integer.parseInt(fields[1]), fields[2], fields[3]);
        }

        byte[] before() {
            return HEX.parseHex(beforeHex);
        }

        byte[] after() {
            return HEX.parseHex(afterHex);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Segment> segments() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                SegmentSizeTest.class.getResourceAsStream("/dev/culvert/ipsec/scapy/syn-packets.txt"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(Segment::parse)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("segments")
    void lowersWhatScapyWouldHaveWritten(Segment segment) {
        assertThat(lowered(segment.before(), segment.limit())).isEqualTo(segment.after());
    }

    @ParameterizedTest
    @MethodSource("segments")
    void leavesWhatIsCutShortAlone(Segment segment) {
        byte[] whole = segment.before();
        boolean v4 = whole[0] >>> 4 == 4;
        int header = v4 ? Ipv4Header.headerLength(whole, 0) : Ipv6Header.LENGTH;
        for (int length = header; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            BigEndian.putU16(cut, v4 ? Ipv4Header.TOTAL_LENGTH : 4, v4 ? length : length - header);
            byte[] after = lowered(cut, segment.limit());
            if (length < whole.length - 5) {
                // the payload of "data" may be shorter; a header that is not whole is not looked at
                assertThat(after).isEqualTo(cut);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0203b4b4", // maximum segment size of length 3
                "0205ffff01010101", // of length 5
                "02000000", // of length 0
                "02010000", // of length 1
                "01010102", // cut off behind its kind
                "0101020401010204", // cut off behind its length: the second one
                "0204ffff08ff0000", // behind it an option that is longer than the header
                "0204ffff05000000", // behind it one of length 0
                "0204ffff01010105", // behind it one without a length
            })
    void leavesMalformedOptionsAlone(String options) {
        byte[] packet = syn(HEX.parseHex(options));
        if (options.equals("0101020401010204")) {
            // a whole option of 0x0101, which is smaller than the limit, and one that is cut off
            BigEndian.putU16(packet, packet.length - 4, 0xffff);
            fill(packet);
        }
        assertThat(lowered(packet, LIMIT)).isEqualTo(packet);
    }

    @Test
    void aDataOffsetBeyondThePacketOrIntoTheHeaderIsLeftAlone() {
        for (int offset = 0; offset < 16; offset++) {
            byte[] packet = syn(HEX.parseHex("0204ffff"));
            packet[20 + TcpHeader.DATA_OFFSET] = (byte) (offset << 4);
            byte[] before = packet.clone();
            byte[] after = lowered(packet, LIMIT);
            if (offset == 6) {
                assertThat(BigEndian.u16(after, 42)).isEqualTo(LIMIT);
            } else {
                assertThat(after).as("data offset %d", offset).isEqualTo(before);
            }
        }
    }

    @Test
    void bothOfTwoOptionsAreLowered() {
        byte[] after = lowered(syn(HEX.parseHex("0204ffff0204fff0")), LIMIT);
        assertThat(BigEndian.u16(after, 42)).isEqualTo(LIMIT);
        assertThat(BigEndian.u16(after, 46)).isEqualTo(LIMIT);
        assertThat(checksumIsRight(after)).isTrue();
    }

    @Test
    void anyValueAtAnyPlaceIsLoweredAndTheChecksumIsAsIfComputedAnew() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] options = new byte[40];
            Arrays.fill(options, (byte) 1);
            int at = random.nextInt(37);
            options[at] = 2;
            options[at + 1] = 4;
            int value = random.nextInt(0x10000);
            BigEndian.putU16(options, at + 2, value);
            byte[] packet = syn(options);
            BigEndian.putInt32(packet, 20 + TcpHeader.SEQUENCE_NUMBER, random.nextInt());
            fill(packet);
            int limit = MssClamp.LEAST + random.nextInt(2000);
            byte[] after = lowered(packet, limit);
            byte[] expected = packet.clone();
            BigEndian.putU16(expected, 40 + at + 2, Math.min(value, limit));
            fill(expected);
            assertThat(after).as("seed %d, round %d", seed, i).isEqualTo(expected);
        }
    }

    /** Whatever the octets are, nothing but a value and the checksum changes, and a right checksum stays right. */
    @Test
    void randomOptionsNeverBreakASegment() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] options = new byte[4 * random.nextInt(11)];
            for (int j = 0; j < options.length; j++) {
                options[j] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(6));
            }
            byte[] packet = syn(options);
            byte[] after = lowered(packet, LIMIT);
            assertThat(checksumIsRight(after))
                    .as("seed %d, options %s", seed, HEX.formatHex(options))
                    .isTrue();
            int changed = 0;
            for (int j = 40; j < packet.length; j++) {
                changed += after[j] == packet[j] ? 0 : 1;
            }
            assertThat(changed).as("seed %d", seed).isLessThanOrEqualTo(20);
            assertThat(Arrays.copyOf(after, 36)).isEqualTo(Arrays.copyOf(packet, 36));
        }
    }

    @Test
    void theLimitFollowsFromTheMtu() {
        assertThat(new MssClamp.Auto().limit(4, 1438)).isEqualTo(1398);
        assertThat(new MssClamp.Auto().limit(6, 1438)).isEqualTo(1378);
        assertThat(new MssClamp.Auto().limit(6, 100)).isEqualTo(MssClamp.LEAST);
        assertThat(new MssClamp.Fixed(1200).limit(4, 1438)).isEqualTo(1200);
        assertThat(new MssClamp.Off().limit(4, 1438)).isEqualTo(MssClamp.UNLIMITED);
    }

    private static byte[] syn(byte[] options) {
        byte[] packet = new byte[40 + options.length];
        Ipv4Header.write(packet, 0, packet.length, IpProtocol.TCP, 0x0a010005, 0x0a020009);
        BigEndian.putU16(packet, 20, 40000);
        BigEndian.putU16(packet, 22, 443);
        packet[20 + TcpHeader.DATA_OFFSET] = (byte) ((20 + options.length) << 2);
        packet[20 + TcpHeader.FLAGS] = TcpHeader.SYN;
        System.arraycopy(options, 0, packet, 40, options.length);
        fill(packet);
        return packet;
    }

    private static void fill(byte[] packet) {
        BigEndian.putU16(packet, 20 + TcpHeader.CHECKSUM, 0);
        BigEndian.putU16(
                packet,
                20 + TcpHeader.CHECKSUM,
                Checksum.ofUpperLayer(packet, 0, IpProtocol.TCP, 20, packet.length - 20));
    }

    private static boolean checksumIsRight(byte[] packet) {
        return Checksum.ofUpperLayer(packet, 0, IpProtocol.TCP, 20, packet.length - 20) == 0;
    }

    /** At an odd place of the array, as a buffer may have it. */
    private static byte[] lowered(byte[] packet, int limit) {
        byte[] array = new byte[packet.length + 2];
        System.arraycopy(packet, 0, array, 1, packet.length);
        PacketFlow flow = new PacketFlow();
        assertThat(flow.read(array, 1, packet.length)).isTrue();
        SegmentSize.lower(array, 1, flow, limit);
        return Arrays.copyOfRange(array, 1, packet.length + 1);
    }
}
