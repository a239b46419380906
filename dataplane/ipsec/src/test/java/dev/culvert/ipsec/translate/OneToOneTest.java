package dev.culvert.ipsec.translate;

import static dev.culvert.ipsec.translate.TestPackets.assertRight;
import static dev.culvert.ipsec.translate.TestPackets.ends;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.Fragments;
import dev.culvert.ipsec.translate.Translation.Side;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.TcpHeader;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides are 10.1.0.0/16 (and fd00:1::/48): we are 10.101 to the peer, the peer is 10.102 to us. */
class OneToOneTest {
    private static final long NOW = 5;

    private final Translator translator = new Translator(
            List.of(
                    rule(Side.LOCAL, "10.1.0.0/16", "10.101.0.0/16"),
                    rule(Side.REMOTE, "10.1.0.0/16", "10.102.0.0/16"),
                    rule(Side.LOCAL, "fd00:1::/48", "fd00:101::/48"),
                    rule(Side.REMOTE, "fd00:1::/48", "fd00:102::/48")),
            1);
    private final Translator.Scratch scratch = new Translator.Scratch();

    static Translation rule(Side side, String from, String to) {
        return new Translation(side, Translation.Type.ONE_TO_ONE, IpPrefix.parse(from), IpPrefix.parse(to));
    }

    private byte[] out(byte[] packet) {
        byte[] copy = packet.clone();
        assertThat(translator.outbound(copy, 0, copy.length, scratch, NOW)).isEqualTo(Outcome.DONE);
        return copy;
    }

    private byte[] in(byte[] packet) {
        byte[] copy = packet.clone();
        assertThat(translator.inbound(copy, 0, copy.length, scratch, NOW)).isEqualTo(Outcome.DONE);
        return copy;
    }

    @Test
    void theHostPartStays() {
        byte[] packet = out(TestPackets.tcp("10.1.3.4", 40000, "10.102.7.8", 80, TcpHeader.SYN));
        assertThat(ends(packet)).isEqualTo("10.101.3.4:40000 > 10.1.7.8:80");
        assertRight(packet);
        byte[] answer = in(TestPackets.tcp("10.1.7.8", 80, "10.101.3.4", 40000, TcpHeader.SYN | TcpHeader.ACK));
        assertThat(ends(answer)).isEqualTo("10.102.7.8:80 > 10.1.3.4:40000");
        assertRight(answer);
    }

    @Test
    void v6() {
        byte[] packet = out(TestPackets.udp("fd00:1::3:4", 1, "fd00:102:0:9::8", 2, 100));
        assertThat(ends(packet)).isEqualTo("fd00:101::3:4:1 > fd00:1:0:9::8:2");
        assertRight(packet);
        assertThat(ends(in(TestPackets.echo("fd00:1:0:9::8", "fd00:101::3:4", 7))))
                .isEqualTo("fd00:102:0:9::8:7 > fd00:1::3:4");
    }

    @ParameterizedTest
    @CsvSource({"0,10.0.0.1", "1,11.0.0.1", "31,10.1.0.1", "32,10.1.0.5"})
    void anyLength(int length, String address) {
        IpPrefix from = IpPrefix.around(IpAddress.parse(address), length);
        IpPrefix to = IpPrefix.around(IpAddress.parse("200.255.0.7"), length);
        NetworkMap map = new NetworkMap(from, to);
        for (IpAddress inside : List.of(from.first(), from.last())) {
            assertThat(map.contains(4, inside.high(), inside.low())).isTrue();
            IpAddress mapped = new IpAddress(4, map.high(inside.high()), map.low(inside.low()));
            assertThat(mapped).isEqualTo(inside.equals(from.first()) ? to.first() : to.last());
            assertThat(map.reversed().low(mapped.low())).isEqualTo(inside.low());
        }
        assertThat(map.contains(6, 0, from.first().low())).isFalse();
        if (length > 0) {
            assertThat(map.contains(4, 0, IpAddress.parse("201.0.0.1").low())).isFalse();
        }
    }

    @Test
    void whatNoRuleNamesStays() {
        byte[] packet = TestPackets.udp("10.3.0.1", 1, "10.4.0.1", 2, 10);
        assertThat(out(packet)).isEqualTo(packet);
        assertThat(in(packet)).isEqualTo(packet);
    }

    /** RFC 1624 §4: from 0xdd2f, with 0x5555 replaced by 0x3285, to 0x0000 and not to 0xffff. */
    @Test
    void rfc1624Example() {
        byte[] packet = TestPackets.tcp("10.1.0.1", 0x5555, "10.102.0.1", 80, 0);
        BigEndian.putU16(packet, 20 + TcpHeader.CHECKSUM, 0xdd2f);
        PacketEnds ends = new PacketEnds();
        assertThat(ends.read(packet, 0, packet.length)).isTrue();
        ends.sourcePort(0x3285);
        assertThat(BigEndian.u16(packet, 20 + TcpHeader.CHECKSUM)).isZero();
    }

    @Test
    void udpsZeroMeansThatThereIsNoChecksum() {
        byte[] without = TestPackets.udp("10.1.0.1", 1, "10.102.0.1", 2, 10);
        BigEndian.putU16(without, 26, 0);
        assertThat(BigEndian.u16(out(without), 26)).isZero();
        // One of many payloads has a sum whose complement is zero, which goes as 0xffff (RFC 768).
        int found = 0;
        for (int word = 0; word < 0x10000; word++) {
            byte[] payload = {(byte) (word >>> 8), (byte) word};
            byte[] packet = out(Packets.udp(UdpAddress.of("10.1.0.1", 1), UdpAddress.of("10.102.0.1", 2), payload));
            assertThat(BigEndian.u16(packet, 26)).isNotZero();
            found += BigEndian.u16(packet, 26) == 0xffff ? 1 : 0;
            assertRight(packet);
        }
        assertThat(found).isEqualTo(1);
    }

    @Test
    void aWrongChecksumStaysWrong() {
        byte[] packet = TestPackets.tcp("10.1.3.4", 40000, "10.102.7.8", 80, TcpHeader.SYN);
        packet[packet.length - 1] ^= 1;
        byte[] translated = out(packet);
        assertThat(Arrays.copyOfRange(in(swapped(translated)), 20, packet.length))
                .isEqualTo(Arrays.copyOfRange(packet, 20, packet.length));
        translated[packet.length - 1] ^= 1;
        assertRight(translated);
    }

    /** Of DCCP and UDP-Lite the addresses are covered too, of SCTP, GRE and ICMP they are not. */
    @ParameterizedTest
    @ValueSource(ints = {33, 47, 132, 136})
    void otherProtocols(int protocol) {
        byte[] packet = Packets.ip(IpAddress.parse("10.1.0.1"), IpAddress.parse("10.102.0.1"), protocol, 40);
        System.arraycopy(TestPackets.pattern(32), 0, packet, 28, 32);
        byte[] translated = out(packet);
        assertThat(translated[15]).isEqualTo((byte) 1);
        assertThat(Arrays.equals(packet, 20, 60, translated, 20, 60)).isEqualTo(protocol == 47 || protocol == 132);
        assertThat(Arrays.equals(packet, 28, 60, translated, 28, 60)).isTrue();
    }

    /** The first one's checksum is of the whole packet; the others have none. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fragments(boolean v6) {
        byte[] packet = v6
                ? TestPackets.udp("fd00:1::3:4", 1, "fd00:102::8", 2, 4001)
                : TestPackets.udp("10.1.3.4", 1, "10.102.7.8", 2, 4001);
        List<byte[]> fragments = new ArrayList<>();
        for (byte[] fragment : Fragments.cut(packet, 1280)) {
            fragments.add(out(fragment));
        }
        assertThat(fragments).hasSizeGreaterThan(3);
        byte[] whole = Fragments.together(fragments);
        assertThat(whole).isEqualTo(out(packet));
        assertRight(whole);
    }

    @ParameterizedTest
    @ValueSource(ints = {28, 40, 60, 576})
    void anErrorOfThePeersIsAboutThePacketThatOurHostSent(int quoted) {
        byte[] sent = TestPackets.tcp("10.1.3.4", 40000, "10.102.7.8", 80, TcpHeader.SYN, 50);
        byte[] error = in(TestPackets.error("10.1.0.1", "10.101.3.4", 11, 0, out(sent), quoted));
        assertThat(ends(error)).isEqualTo("10.102.0.1 > 10.1.3.4");
        assertThat(TestPackets.quote(error)).isEqualTo(Arrays.copyOf(sent, Math.min(quoted, sent.length)));
        assertRight(error);
    }

    @Test
    void anErrorOfOursIsAboutThePacketThatThePeerSent() {
        byte[] sent = TestPackets.udp("10.1.7.8", 5000, "10.101.3.4", 53, 100);
        byte[] error = out(TestPackets.error("10.1.3.4", "10.102.7.8", 3, 3, in(sent), 576));
        assertThat(ends(error)).isEqualTo("10.101.3.4 > 10.1.7.8");
        assertThat(TestPackets.quote(error)).isEqualTo(sent);
        assertRight(error);
    }

    @Test
    void errorsOfV6() {
        byte[] sent = TestPackets.tcp("fd00:1::3", 40000, "fd00:102::8", 80, TcpHeader.ACK, 1301);
        byte[] error = in(TestPackets.error("fd00:1::1", "fd00:101::3", 2, 0, out(sent), 1232));
        assertThat(ends(error)).isEqualTo("fd00:102::1 > fd00:1::3");
        assertThat(TestPackets.quote(error)).isEqualTo(Arrays.copyOf(sent, 1232));
        assertRight(error);
    }

    @Test
    void anErrorThatQuotesNoAddressesIsRefused() {
        byte[] error = TestPackets.error("10.1.0.1", "10.101.3.4", 3, 1, new byte[19], 19);
        assertThat(translator.inbound(error, 0, error.length, scratch, NOW)).isEqualTo(Outcome.REFUSED);
    }

    /** What goes out and comes back is as it was, and every checksum on the way is right. */
    @Test
    void thereAndBackIsIdentity() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = packet(random);
            byte[] wire = out(packet);
            assertRight(wire);
            assertThat(in(swapped(wire))).as("seed %d, packet %d", seed, i).isEqualTo(swapped(packet));
        }
    }

    private static byte[] packet(Random random) {
        String from = "10.1." + random.nextInt(256) + "." + random.nextInt(256);
        String to = "10.102." + random.nextInt(256) + "." + random.nextInt(256);
        if (random.nextBoolean()) {
            from = "fd00:1::" + Integer.toHexString(random.nextInt(0x10000));
            to = "fd00:102:0:" + Integer.toHexString(random.nextInt(0x10000)) + "::1";
        }
        int port = random.nextInt(0x10000);
        int payload = random.nextInt(200);
        return switch (random.nextInt(4)) {
            case 0 -> TestPackets.tcp(from, port, to, random.nextInt(0x10000), random.nextInt(256), payload);
            case 1 -> TestPackets.udp(from, port, to, random.nextInt(0x10000), payload);
            case 2 -> TestPackets.echo(from, to, port);
            default -> {
                byte[] content = new byte[12 + payload];
                random.nextBytes(content);
                byte[] sctp = Packets.ip(IpAddress.parse(from), IpAddress.parse(to), IpProtocol.SCTP, content.length);
                System.arraycopy(content, 0, sctp, sctp.length - content.length, content.length);
                yield sctp;
            }
        };
    }

    /** The addresses exchanged, which no checksum notices: what is an answer as far as addresses go. */
    private static byte[] swapped(byte[] packet) {
        int length = packet[0] >>> 4 == 4 ? 4 : 16;
        int at = length == 4 ? Ipv4Header.SOURCE : 8;
        byte[] swapped = packet.clone();
        System.arraycopy(packet, at, swapped, at + length, length);
        System.arraycopy(packet, at + length, swapped, at, length);
        return swapped;
    }
}
