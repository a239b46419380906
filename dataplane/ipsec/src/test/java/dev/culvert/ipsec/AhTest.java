package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.UdpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** AH (RFC 4302). */
class AhTest {
    static final List<String> SUITES = SaBuilder.AH_SUITES;

    private static final UdpAddress LEFT6 = UdpAddress.of("2001:db8::1", 0);
    private static final UdpAddress RIGHT6 = UdpAddress.of("2001:db8::2", 0);

    private final Gateway left = new Gateway();
    private final Gateway right = new Gateway();

    @ParameterizedTest
    @FieldSource("SUITES")
    void everySuitePassesInTunnelAndTransportModeOverBothVersions(String suite) {
        for (int i = 0; i < 4; i++) {
            boolean transport = (i & 1) != 0;
            SaBuilder pair = new SaBuilder().ah(suite).spis(0x1001 + 2 * i, 0x1002 + 2 * i);
            if ((i & 2) != 0) {
                pair.outer(LEFT6, RIGHT6);
            }
            if (transport) {
                pair.transport();
            }
            connect(pair);
            UdpAddress from = transport ? pair.build().outerLocal() : UdpAddress.of("10.1.0.5", 0);
            UdpAddress to = transport ? pair.build().outerRemote() : UdpAddress.of("10.2.0.9", 0);
            byte[] packet = Packets.udp(from.withPort(7), to.withPort(8), Inner.pattern(99));
            if (from.address().isV4()) {
                Ipv4Header.identification(packet, 0, 77);
                Ipv4Header.fillChecksum(packet, 0);
            }
            byte[] sealed = left.seal(packet);
            assertThat(HexFormat.of().formatHex(sealed))
                    .as("nothing is encrypted")
                    .contains(HexFormat.of().formatHex(Inner.pattern(99)));
            right.receiveRaw(sealed);
            assertThat(right.drops()).isEmpty();
            assertThat(right.toTun.removeLast()).isEqualTo(packet);
        }
    }

    /**
     * bad-inputs lines 51 and 56: only what RFC 4302 §3.3.3.1.1 calls mutable may change: TOS, the reserved bit and DF, TTL,
     * header checksum. The bits of a fragment make it one.
     */
    @ParameterizedTest
    @FieldSource("SUITES")
    void line51_line56_everyBitFlippedInTurnIsDroppedUnlessItIsMutable(String suite) {
        onlyMutableBitsMayChange(
                new SaBuilder().ah(suite).transport(), withOptions("94040000"), bit -> switch (bit / 8) {
                    case Ipv4Header.TOS, Ipv4Header.TTL, Ipv4Header.CHECKSUM, Ipv4Header.CHECKSUM + 1 -> true;
                    case Ipv4Header.FLAGS_FRAGMENT_OFFSET -> bit % 8 < 2;
                    default -> false;
                });
    }

    /**
     * The same in tunnel mode over IPv6, where RFC 4302 §3.3.3.1.2 lets traffic class, flow label and hop limit change.
     */
    @ParameterizedTest
    @FieldSource("SUITES")
    void line51_line56_everyBitFlippedInTurnIsDroppedUnlessItIsMutableInIpv6(String suite) {
        onlyMutableBitsMayChange(
                new SaBuilder().ah(suite).outer(LEFT6, RIGHT6), Inner.ping(40), AhTest::isMutableInIpv6);
    }

    /** In transport mode with a hop-by-hop option that may change on the way too. */
    @ParameterizedTest
    @FieldSource("SUITES")
    void line51_line56_everyBitFlippedInTurnIsDroppedUnlessAnOptionMayChange(String suite) {
        byte[] plain = Packets.udp(LEFT6.withPort(7), RIGHT6.withPort(8), Inner.pattern(20));
        byte[] options = HexFormat.of().parseHex("11003e0461626364");
        byte[] packet = new byte[plain.length + options.length];
        System.arraycopy(plain, 0, packet, 0, Ipv6Header.LENGTH);
        System.arraycopy(options, 0, packet, Ipv6Header.LENGTH, options.length);
        System.arraycopy(
                plain, Ipv6Header.LENGTH, packet, Ipv6Header.LENGTH + options.length, plain.length - Ipv6Header.LENGTH);
        packet[Ipv6Header.NEXT_HEADER] = IpProtocol.HOP_BY_HOP;
        Ipv6Header.payloadLength(packet, 0, packet.length - Ipv6Header.LENGTH);
        int data = Ipv6Header.LENGTH + 4;
        onlyMutableBitsMayChange(
                new SaBuilder().ah(suite).outer(LEFT6, RIGHT6).transport(),
                packet,
                bit -> isMutableInIpv6(bit) || (bit / 8 >= data && bit / 8 < data + 4));
    }

    private static boolean isMutableInIpv6(int bit) {
        return (bit >= 4 && bit < 32) || bit / 8 == Ipv6Header.HOP_LIMIT;
    }

    private void onlyMutableBitsMayChange(SaBuilder pair, byte[] packet, IntPredicate mutable) {
        connect(pair);
        byte[] sealed = left.seal(packet);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            Gateway fresh = new Gateway();
            fresh.dataPath.install(pair.mirrored(), 0);
            fresh.receiveRaw(flipped);
            assertThat(fresh.toTun).as("bit %d of octet %d", bit % 8, bit / 8).hasSize(mutable.test(bit) ? 1 : 0);
        }
    }

    /** bad-inputs line 56: options that are mutable may change as a whole (RFC 4302 appendix A1). */
    @Test
    void line56_aRecordedRouteMayChangeAndARouterAlertMayNot() {
        connect(new SaBuilder().ah("sha256").transport());
        byte[] sealed = left.seal(withOptions("0707040000000000"));
        sealed[22] = 8;
        sealed[23] = 9;
        right.receiveRaw(sealed);
        assertThat(right.drops()).isEmpty();
        byte[] alert = left.seal(withOptions("94040000"));
        alert[23] = 1;
        right.receiveRaw(alert);
        assertThat(right.drops()).containsExactly("IN_BAD_ICV=1");
    }

    /**
     * bad-inputs line 56: the destination of a source-routed packet counts as it is at the end (RFC 4302 §3.3.3.1.1): here
     * a router that the packet was sent to put its own address into the route and the last one into the header.
     */
    @Test
    void line56_aSourceRouteIsAuthenticatedWithItsLastAddress() {
        SaBuilder pair = new SaBuilder().ah("sha256").transport();
        connect(pair);
        byte[] sealed = left.seal(withOptions("830704c000020200"));
        assertThat(left.drops()).isEmpty();
        BigEndian.putInt32(sealed, 23, 0xc0000263);
        sealed[22] = 8;
        right.receiveRaw(sealed);
        assertThat(right.drops()).isEmpty();
        assertThat(right.toTun).hasSize(1);
    }

    @Test
    void line56_malformedOptionsAreDroppedOnBothSides() {
        connect(new SaBuilder().ah("sha256").transport());
        left.send(withOptions("07ff0400"));
        assertThat(left.drops()).containsExactly("OUT_MALFORMED=1");
        byte[] sealed = left.seal(withOptions("94040000"));
        sealed[21] = 0;
        right.receiveRaw(sealed);
        assertThat(right.drops()).containsExactly("IN_BAD_ICV=1");
    }

    /** bad-inputs line 56, RFC 4302 §3.4.1. */
    @Test
    void line56_fragmentsAreNotWhole() {
        connect(new SaBuilder().ah("sha256"));
        byte[] sealed = left.seal(Inner.ping(40));
        Ipv4Header.flagsAndFragmentOffset(sealed, 0, Ipv4Header.MF);
        right.receiveRaw(sealed);
        assertThat(right.drops()).containsExactly("IN_NOT_WHOLE=1");
    }

    @Test
    void replaysAndTruncationsAreDropped() {
        connect(new SaBuilder().ah("sha256"));
        byte[] sealed = left.seal(Inner.ping(40));
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            if (length >= Ipv4Header.MINIMUM_LENGTH) {
                Ipv4Header.totalLength(cut, 0, length);
            }
            right.receiveRaw(cut);
        }
        assertThat(right.toTun).isEmpty();
        right.receiveRaw(sealed, sealed);
        assertThat(right.toTun).containsExactly(Inner.ping(40));
        assertThat(right.drops(DropReason.IN_REPLAYED)).isEqualTo(1);
    }

    /** RFC 4302 §2.6: a multiple of 8 octets in IPv6. */
    @Test
    void theHeaderIsPaddedInIpv6() {
        connect(new SaBuilder().ah("sha256").outer(LEFT6, RIGHT6));
        byte[] sealed = left.seal(Inner.ping(40));
        assertThat((BigEndian.u8(sealed, 41) + 2) * 4).isEqualTo(32);
        right.receiveRaw(sealed);
        assertThat(right.toTun).containsExactly(Inner.ping(40));
    }

    @Test
    void anSpiOfAhIsNoneOfEsp() {
        connect(new SaBuilder().ah("sha256"));
        byte[] esp = new byte[60];
        Ipv4Header.write(esp, 0, 60, IpProtocol.ESP, 0xc0000201, 0xc0000202);
        BigEndian.putInt32(esp, 20, 0x2001);
        right.receiveRaw(esp);
        assertThat(right.drops()).containsExactly("IN_UNKNOWN_SPI=1");
    }

    @Test
    void ahInUdpIsRefused() {
        SaBuilder pair =
                new SaBuilder().suite(new SaBuilder().ah("sha256").build().suite());
        assertThatThrownBy(pair::build).hasMessageContaining("AH does not go in UDP");
    }

    private void connect(SaBuilder pair) {
        left.protecting(pair.build().local(), pair.build().remote());
        right.protecting(pair.build().remote(), pair.build().local());
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }

    /** From the left gateway to the right one. */
    private static byte[] withOptions(String options) {
        byte[] plain = Packets.udp(SaBuilder.LEFT.withPort(7), SaBuilder.RIGHT.withPort(8), Inner.pattern(20));
        byte[] added = HexFormat.of().parseHex(options);
        int header = Ipv4Header.MINIMUM_LENGTH + added.length;
        byte[] packet = new byte[plain.length + added.length];
        System.arraycopy(plain, 0, packet, 0, Ipv4Header.MINIMUM_LENGTH);
        System.arraycopy(added, 0, packet, Ipv4Header.MINIMUM_LENGTH, added.length);
        System.arraycopy(plain, Ipv4Header.MINIMUM_LENGTH, packet, header, plain.length - Ipv4Header.MINIMUM_LENGTH);
        packet[0] = (byte) (0x40 | header / 4);
        Ipv4Header.totalLength(packet, 0, packet.length);
        Ipv4Header.identification(packet, 0, 5);
        Ipv4Header.fillChecksum(packet, 0);
        return packet;
    }
}
