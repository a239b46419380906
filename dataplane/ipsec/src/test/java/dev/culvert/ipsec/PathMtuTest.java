package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.mtu.DontFragment;
import dev.culvert.ipsec.mtu.MssClamp;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.ipsec.mtu.TooBigReport;
import dev.culvert.ipsec.mtu.TooBigVerdict;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.UdpAddress;
import dev.culvert.wire.UdpHeader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The outer DF bit, and what routers say of packets that have it (RFC 4301 §8). */
class PathMtuTest {
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final SizePolicy COPY = SizePolicy.USUAL.withDontFragment(DontFragment.COPY);
    private static final SizePolicy SET = SizePolicy.USUAL.withDontFragment(DontFragment.SET);
    private static final UdpAddress LEFT6 = UdpAddress.of("2001:db8::1", 4500);
    private static final UdpAddress RIGHT6 = UdpAddress.of("2001:db8::2", 4500);

    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @ParameterizedTest
    @CsvSource({
        "CLEAR,false,false,false",
        "CLEAR,true,false,false",
        "COPY,false,false,true",
        "COPY,true,false,true",
        "SET,false,true,true",
        "SET,true,true,true"
    })
    void theOuterBitIsClearCopiedOrSet(DontFragment policy, boolean udp, boolean without, boolean with) {
        SaBuilder pair = new SaBuilder().sizes(SizePolicy.USUAL.withDontFragment(policy));
        connect(udp ? pair : pair.raw());
        assertThat(goesOutWithDf(Inner.ping(100))).isEqualTo(without);
        assertThat(goesOutWithDf(Inner.withDontFragment(Inner.ping(100)))).isEqualTo(with);
        assertThat(goesOutWithDf(Inner.ping6(100))).isEqualTo(with);
    }

    @ParameterizedTest
    @EnumSource(DontFragment.class)
    void theOuterBitIsNoneOfAhsConcerns(DontFragment policy) {
        SaBuilder pair = new SaBuilder().ah("sha256").sizes(SizePolicy.USUAL.withDontFragment(policy));
        connect(pair);
        byte[] ping = Inner.withDontFragment(Inner.ping(100));
        right.receiveRaw(left.seal(ping));
        assertThat(right.toTun).containsExactly(ping);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReportLowersWhatFitsAndTheSenderHearsOfIt(boolean udp) {
        SaBuilder pair = new SaBuilder().sizes(COPY);
        connect(udp ? pair : pair.raw());
        byte[] big = Inner.withDontFragment(Inner.ping(1400));
        left.send(big);
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.dataPath.tooBig(udp ? report(1400) : reportOnEsp(1400), 0))
                .isEqualTo(TooBigVerdict.LOWERED);
        left.send(big);
        assertThat(left.toUdp).hasSize(1);
        byte[] answer = left.toTun.getFirst();
        int mtu = udp ? 1338 : 1346;
        assertThat(Icmp.typeAndCode(answer, 20)).isEqualTo(0x0304);
        assertThat(BigEndian.u16(answer, 20 + Icmp.NEXT_HOP_MTU)).isEqualTo(mtu);
        left.send(Inner.withDontFragment(Inner.ping(mtu - 28)));
        assertThat(left.toUdp.getLast()).hasSizeLessThanOrEqualTo(1400);
        left.send(Inner.ping(1400));
        assertThat(left.toUdp).as("without DF it is cut").hasSize(4);
        assertThat(left.dataPath.association(0x1001).orElseThrow().linkMtu()).isEqualTo(1500);
        assertThat(left.dataPath.association(0x1001).orElseThrow().outerMtu()).isEqualTo(1400);
        assertThat(left.dataPath.association(0x1001).orElseThrow().innerMtu()).isEqualTo(mtu);
    }

    @Test
    void anIpv6SenderHearsOfItTooButNeverOfLessThan1280() {
        connect(new SaBuilder().sizes(COPY));
        left.dataPath.tooBig(report(1400), 0);
        left.send(Inner.ping6(1400));
        assertThat(Icmp.typeAndCode(left.toTun.getFirst(), 40)).isEqualTo(0x0200);
        assertThat(BigEndian.u32(left.toTun.getFirst(), 40 + Icmp.V6_MTU)).isEqualTo(1338);
        left.dataPath.tooBig(report(1280), 0);
        left.send(Inner.ping6(1400));
        assertThat(BigEndian.u32(left.toTun.get(1), 40 + Icmp.V6_MTU)).isEqualTo(1280);
        // 1280 do not fit in 1280: without DF, by the UDP socket, so that the path may fragment it
        left.send(Inner.ping6(1280 - 48));
        assertThat(left.destinations.getLast()).isEqualTo(SaBuilder.RIGHT);
    }

    @Test
    void theMaximumSegmentFollowsThePath() {
        connect(new SaBuilder().sizes(COPY));
        assertThat(left.dataPath.tooBig(report(1400), 0)).isEqualTo(TooBigVerdict.LOWERED);
        right.dataPath.resize(0x2001, 1500, SizePolicy.USUAL.withMssClamp(new MssClamp.Off()));
        byte[] syn = MssClampTest.syn(Inner.LEFT_HOST, Inner.RIGHT_HOST);
        byte[] sealed = left.seal(syn);
        right.receiveFrom(SaBuilder.LEFT, sealed);
        assertThat(BigEndian.u16(right.toTun.getFirst(), syn.length - 2)).isEqualTo(1338 - 40);
    }

    @Test
    void whatWasLearntOutlivesARekeyAndIsForgottenAfterTenMinutes() {
        connect(new SaBuilder().sizes(COPY));
        left.dataPath.tooBig(report(1400), 0);
        left.dataPath.install(new SaBuilder().spis(0x1002, 0x2002).sizes(COPY).build(), 0);
        left.dataPath.remove(0x1001);
        assertThat(pathMtu(0x1002)).isEqualTo(1400);
        left.dataPath.timeout(10 * MINUTE_NANOS - 1);
        assertThat(pathMtu(0x1002)).isEqualTo(1400);
        left.dataPath.timeout(10 * MINUTE_NANOS);
        assertThat(pathMtu(0x1002)).isEqualTo(1500);
    }

    @Test
    void itBelongsToThePeer() {
        connect(new SaBuilder().sizes(COPY));
        UdpAddress other = UdpAddress.of("192.0.2.77", 4500);
        left.dataPath.install(
                new SaBuilder()
                        .names("other", "net")
                        .spis(0x1002, 0x2002)
                        .outer(SaBuilder.LEFT, other)
                        .sizes(COPY)
                        .build(),
                0);
        left.dataPath.tooBig(report(1400), 0);
        assertThat(pathMtu(0x1002)).isEqualTo(1500);
        left.dataPath.update(0x1002, Carrier.UDP, SaBuilder.LEFT, SaBuilder.RIGHT, 1500);
        assertThat(pathMtu(0x1002)).isEqualTo(1400);
        left.dataPath.update(0x1002, Carrier.UDP, SaBuilder.LEFT, other, 1500);
        assertThat(pathMtu(0x1002)).isEqualTo(1500);
    }

    @Test
    void overIpv6RoutersAreAlwaysHeard() {
        connect(new SaBuilder().outer(LEFT6, RIGHT6));
        assertThat(left.dataPath.tooBig(new TooBigReport(LEFT6, RIGHT6, IpProtocol.UDP, 0x2001, 1400), 0))
                .isEqualTo(TooBigVerdict.LOWERED);
        assertThat(pathMtu(0x1001)).isEqualTo(1400);
    }

    @Test
    void line58_aReportThatQuotesNoPacketOfOursIsIgnored() {
        connect(new SaBuilder().sizes(COPY));
        UdpAddress stranger = UdpAddress.of("192.0.2.99", 4500);
        for (TooBigReport forged : new TooBigReport[] {
            new TooBigReport(SaBuilder.LEFT, stranger, IpProtocol.UDP, 0x2001, 600),
            new TooBigReport(stranger, SaBuilder.RIGHT, IpProtocol.UDP, 0x2001, 600),
            new TooBigReport(SaBuilder.LEFT, SaBuilder.RIGHT.withPort(4501), IpProtocol.UDP, 0x2001, 600),
            new TooBigReport(SaBuilder.LEFT, SaBuilder.RIGHT, IpProtocol.UDP, 0x1001, 600),
            new TooBigReport(SaBuilder.LEFT, SaBuilder.RIGHT, IpProtocol.UDP, 0x2002, 600),
            reportOnEsp(600)
        }) {
            assertThat(left.dataPath.tooBig(forged, 0)).as("%s", forged).isEqualTo(TooBigVerdict.NOT_OURS);
        }
        assertThat(pathMtu(0x1001)).isEqualTo(1500);
        left.dataPath.update(0x1001, Carrier.IP, SaBuilder.LEFT, SaBuilder.RIGHT, 1500);
        assertThat(left.dataPath.tooBig(report(600), 0)).isEqualTo(TooBigVerdict.NOT_OURS);
        assertThat(left.dataPath.tooBig(
                        new TooBigReport(
                                SaBuilder.LEFT.withPort(0), SaBuilder.RIGHT.withPort(0), IpProtocol.AH, 0x2001, 600),
                        0))
                .isEqualTo(TooBigVerdict.NOT_OURS);
    }

    @Test
    void line58_whereThePathMayFragmentNoReportIsBelieved() {
        connect(new SaBuilder());
        assertThat(left.dataPath.tooBig(report(600), 0)).isEqualTo(TooBigVerdict.NOT_OURS);
        assertThat(pathMtu(0x1001)).isEqualTo(1500);
    }

    @Test
    void line58_aForgedReportLowersToTheMinimumAtMost() {
        connect(new SaBuilder().sizes(SET));
        assertThat(left.dataPath.tooBig(report(68), 0)).isEqualTo(TooBigVerdict.LOWERED);
        assertThat(pathMtu(0x1001)).isEqualTo(576);
        // DF is off: should it be true, the path has to be able to fragment
        left.send(Inner.ping(100));
        assertThat(left.destinations).containsExactly(SaBuilder.RIGHT);

        Gateway over6 = Gateway.left();
        over6.dataPath.install(new SaBuilder().outer(LEFT6, RIGHT6).build(), 0);
        over6.dataPath.tooBig(new TooBigReport(LEFT6, RIGHT6, IpProtocol.UDP, 0x2001, 100), 0);
        assertThat(over6.dataPath.association(0x1001).orElseThrow().outerMtu()).isEqualTo(1280);
    }

    @Test
    void line58_aReportNeverRaises() {
        connect(new SaBuilder().sizes(COPY));
        left.dataPath.tooBig(report(1400), 0);
        assertThat(left.dataPath.tooBig(report(1450), 0)).isEqualTo(TooBigVerdict.KNOWN);
        assertThat(left.dataPath.tooBig(report(9000), 0)).isEqualTo(TooBigVerdict.KNOWN);
        assertThat(pathMtu(0x1001)).isEqualTo(1400);
    }

    private void connect(SaBuilder pair) {
        left.dataPath.install(pair.build(), 0);
        right.dataPath.install(pair.mirrored(), 0);
    }

    private int pathMtu(int spi) {
        return left.dataPath.association(spi).orElseThrow().outerMtu();
    }

    /** Sends, has the other gateway open it, and says how it went. */
    private boolean goesOutWithDf(byte[] packet) {
        byte[] sealed = left.seal(packet);
        UdpAddress to = left.destinations.getLast();
        right.toTun.clear();
        if (to.port() != 0) {
            right.receiveFrom(SaBuilder.LEFT, sealed);
            assertThat(right.toTun).containsExactly(packet);
            return false;
        }
        assertThat(to).isEqualTo(SaBuilder.RIGHT.withPort(0));
        assertThat(Ipv4Header.isValid(sealed, 0, sealed.length)).isTrue();
        assertThat(Ipv4Header.totalLength(sealed, 0)).isEqualTo(sealed.length);
        assertThat(Ipv4Header.checksumIsRight(sealed, 0)).isTrue();
        if (Ipv4Header.protocol(sealed, 0) == IpProtocol.UDP) {
            assertThat(UdpHeader.sourcePort(sealed, 20)).isEqualTo(4500);
            assertThat(UdpHeader.destinationPort(sealed, 20)).isEqualTo(4500);
            assertThat(UdpHeader.length(sealed, 20)).isEqualTo(sealed.length - 20);
            assertThat(UdpHeader.checksum(sealed, 20)).isZero();
            right.receiveFrom(SaBuilder.LEFT, Arrays.copyOfRange(sealed, 28, sealed.length));
        } else {
            right.receiveRaw(sealed);
        }
        assertThat(right.toTun).containsExactly(packet);
        return Ipv4Header.dontFragment(sealed, 0);
    }

    private static TooBigReport report(int mtu) {
        return new TooBigReport(SaBuilder.LEFT, SaBuilder.RIGHT, IpProtocol.UDP, 0x2001, mtu);
    }

    private static TooBigReport reportOnEsp(int mtu) {
        return new TooBigReport(SaBuilder.LEFT.withPort(0), SaBuilder.RIGHT.withPort(0), IpProtocol.ESP, 0x2001, mtu);
    }
}
