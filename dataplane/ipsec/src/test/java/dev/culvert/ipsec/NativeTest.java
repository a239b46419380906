package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.sad.SaMode;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ESP without UDP: the data path makes and takes whole IP packets. */
class NativeTest {
    private static final UdpAddress LEFT6 = UdpAddress.of("2001:db8::1", 4500);
    private static final UdpAddress RIGHT6 = UdpAddress.of("2001:db8::2", 4500);

    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    record Case(String suite, SaMode mode, boolean raw, int outerVersion) {
        SaBuilder pair() {
            SaBuilder pair = new SaBuilder().suiteOf(suite);
            if (outerVersion == 6) {
                pair.outer(LEFT6, RIGHT6);
            }
            if (mode == SaMode.TRANSPORT) {
                pair.transport();
            }
            return raw ? pair.raw() : pair;
        }

        /** What the left side sends: a UDP datagram of its hosts, or of its own. */
        byte[] packet(int payload, int innerVersion) {
            UdpAddress from = mode == SaMode.TRANSPORT ? pair().build().outerLocal() : inner("10.1.0.5", innerVersion);
            UdpAddress to = mode == SaMode.TRANSPORT ? pair().build().outerRemote() : inner("10.2.0.9", innerVersion);
            byte[] packet = Packets.udp(from.withPort(7), to.withPort(8), Inner.pattern(payload));
            if (raw && from.address().isV4()) {
                Ipv4Header.identification(packet, 0, 77);
                Ipv4Header.fillChecksum(packet, 0);
            }
            return packet;
        }

        private static UdpAddress inner(String v4, int version) {
            return version == 4
                    ? UdpAddress.of(v4, 0)
                    : new UdpAddress(v4.startsWith("10.1") ? Inner.LEFT_HOST6 : Inner.RIGHT_HOST6, 0);
        }
    }

    static Stream<Case> cases() {
        return SaBuilder.SUITES.stream()
                .flatMap(suite -> Stream.of(SaMode.values())
                        .flatMap(mode -> Stream.of(true, false)
                                .flatMap(raw -> Stream.of(4, 6).map(outer -> new Case(suite, mode, raw, outer)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCombinationPassesUnchangedAndFitsThePathExactlyOrAlmost(Case given) {
        connect(given);
        for (int innerVersion : given.mode() == SaMode.TUNNEL ? List.of(4, 6) : List.of(given.outerVersion())) {
            for (int payload : new int[] {0, 1, 2, 3, 4, 63, 64, 1300}) {
                byte[] packet = given.packet(payload, innerVersion);
                byte[] sealed = left.seal(packet);
                if (given.raw()) {
                    assertThat(isWhole(sealed, given.outerVersion())).isTrue();
                }
                pass(given, sealed);
                assertThat(right.drops()).isEmpty();
                assertThat(right.toTun.removeLast()).isEqualTo(packet);
            }
        }
        int header = given.outerVersion() == 4 ? 28 : 48;
        int longest = EffectiveMtu.of(
                SaBuilder.suite(given.suite()),
                given.mode(),
                given.raw() ? Carrier.IP : Carrier.UDP,
                given.outerVersion(),
                1500);
        byte[] sealed = left.seal(given.packet(longest - header, given.outerVersion()));
        int outside = sealed.length + (given.raw() ? 0 : header);
        assertThat(outside).isBetween(1500 - 15, 1500);
    }

    private static boolean isWhole(byte[] packet, int version) {
        return version == 4
                ? Ipv4Header.totalLength(packet, 0) == packet.length
                        && Ipv4Header.checksumIsRight(packet, 0)
                        && Ipv4Header.protocol(packet, 0) == IpProtocol.ESP
                        && Ipv4Header.identification(packet, 0) != 0
                : Ipv6Header.totalLength(packet, 0) == packet.length
                        && Ipv6Header.nextHeader(packet, 0) == IpProtocol.ESP;
    }

    @Test
    void everyBitOfARawPacketFlippedInTurnIsDroppedOrDoesNotMatter() {
        Case given = new Case("aes128gcm16", SaMode.TRANSPORT, true, 4);
        connect(given);
        byte[] packet = given.packet(40, 4);
        byte[] sealed = left.seal(packet);
        for (int bit = Ipv4Header.MINIMUM_LENGTH * 8; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            right.receiveRaw(flipped);
            assertThat(right.toTun).as("bit %d", bit).isEmpty();
        }
        for (int length = 0; length < sealed.length; length++) {
            right.receiveRaw(Inner.cut(sealed, length));
        }
        assertThat(right.toTun).isEmpty();
        right.receiveRaw(sealed);
        assertThat(right.toTun).containsExactly(packet);
    }

    /** RFC 4303 §3.4.1: "the receiver MUST discard the packet" that appears to be a fragment. */
    @Test
    void outerFragmentsAreNotWhole() {
        Case given = new Case("aes128gcm16", SaMode.TUNNEL, true, 4);
        connect(given);
        byte[] sealed = left.seal(given.packet(40, 4));
        Ipv4Header.flagsAndFragmentOffset(sealed, 0, Ipv4Header.MF);
        right.receiveRaw(sealed, new byte[0], new byte[] {0x45});
        assertThat(right.drops()).containsExactly("IN_NOT_WHOLE=3");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void inTransportModeFragmentsAreProtectedWholeAndCutOutside(int version) {
        Case given = new Case("aes256gcm16", SaMode.TRANSPORT, true, version);
        connect(given);
        byte[] packet = given.packet(4000, version);
        List<byte[]> fragments = Fragments.cut(packet, 1400);
        left.send(fragments.toArray(byte[][]::new));
        assertThat(left.drops()).isEmpty();
        assertThat(left.toUdp).hasSize(3).allMatch(outer -> outer.length <= 1500);
        byte[] whole = Fragments.together(left.toUdp);
        right.receiveRaw(whole);
        assertThat(right.drops()).isEmpty();
        assertThat(right.toTun).containsExactly(packet);
    }

    @Test
    void aLongPacketThatMustNotBeFragmentedIsAnsweredInTransportModeToo() {
        Case given = new Case("aes256gcm16", SaMode.TRANSPORT, true, 4);
        connect(given);
        left.send(Inner.withDontFragment(given.packet(1472, 4)));
        assertThat(left.drops()).containsExactly("OUT_TOO_BIG=1");
        assertThat(left.toTun).hasSize(1);
    }

    @Test
    void policiesForPortsSeeThePortsOfFragmentedPackets() {
        SaBuilder pair = new SaBuilder().raw();
        List<TrafficSelector> ports = List.of(new TrafficSelector(
                IpProtocol.UDP, 8, 8, IpAddress.parse("10.2.0.0"), IpAddress.parse("10.2.255.255")));
        Gateway gateway = new Gateway().protecting(SaBuilder.LEFT_NETWORKS, ports);
        gateway.dataPath.install(pair.build(), 0);
        byte[] packet = Packets.udp(UdpAddress.of("10.1.0.5", 7), UdpAddress.of("10.2.0.9", 8), Inner.pattern(2000));
        gateway.send(Fragments.cut(packet, 1400).toArray(byte[][]::new));
        assertThat(gateway.drops()).isEmpty();
        assertThat(gateway.toUdp).hasSize(2);
        byte[] other = Packets.udp(UdpAddress.of("10.1.0.5", 7), UdpAddress.of("10.2.0.9", 9), Inner.pattern(2000));
        gateway.send(Fragments.cut(other, 1400).toArray(byte[][]::new));
        assertThat(gateway.drops()).containsExactly("OUT_NO_POLICY=1");
    }

    @Test
    void aNewPathMayChangeBetweenUdpAndRaw() {
        Case given = new Case("aes128gcm16", SaMode.TUNNEL, false, 4);
        connect(given);
        left.dataPath.update(0x1001, Carrier.IP, SaBuilder.LEFT, SaBuilder.RIGHT, 1500);
        byte[] packet = given.packet(10, 4);
        byte[] sealed = left.seal(packet);
        assertThat(left.destinations.getLast()).isEqualTo(SaBuilder.RIGHT.withPort(0));
        right.receiveRaw(sealed);
        assertThat(right.toTun).containsExactly(packet);
        assertThat(right.events(DataPathEvent.PeerMoved.class))
                .as("a raw packet has no port to compare")
                .isEmpty();
    }

    private void connect(Case given) {
        SaBuilder pair = given.pair();
        left.protecting(pair.build().local(), pair.build().remote());
        right.protecting(pair.build().remote(), pair.build().local());
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }

    private void pass(Case given, byte[] sealed) {
        if (given.raw()) {
            right.receiveRaw(sealed);
        } else {
            right.receiveFrom(given.pair().build().outerLocal(), sealed);
        }
    }
}
