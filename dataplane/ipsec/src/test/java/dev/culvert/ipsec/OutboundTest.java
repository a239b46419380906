package dev.culvert.ipsec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.ipsec.sad.SaBuilder;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboundTest {
    private final Gateway left = Gateway.left();
    private final Gateway right = Gateway.right();

    @Test
    void policiesDecideInOrder() {
        left.dataPath.policies(List.of(
                new Policy.Discard(SaBuilder.LEFT_NETWORKS, List.of(TrafficSelector.parse("10.2.66.0/24"))),
                new Policy.Protect("branch", "net", SaBuilder.LEFT_NETWORKS, SaBuilder.RIGHT_NETWORKS)));
        left.dataPath.install(new SaBuilder().build(), 0);
        left.send(Inner.udp("10.1.0.1", 1, "10.2.66.1", 2), Inner.udp("10.1.0.1", 1, "10.2.67.1", 2));
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.drops()).containsExactly("OUT_DISCARD_POLICY=1");
    }

    /** RFC 4301 §5.2 step 4: what the peer sends has to be what our policies protect. */
    @Test
    void bypassAndDiscardHoldForBothDirections() {
        Gateway right = Gateway.right();
        left.dataPath.install(new SaBuilder().build(), 0);
        right.dataPath.install(new SaBuilder().mirrored(), 0);
        byte[] web = left.seal(Inner.udp("10.1.0.1", 1, "10.2.0.1", 80));
        byte[] dns = left.seal(Inner.udp("10.1.0.1", 1, "10.2.0.1", 53));
        byte[] ntp = left.seal(Inner.udp("10.1.0.1", 1, "10.2.0.1", 123));
        right.dataPath.policies(List.of(
                new Policy.Discard(List.of(ports("10.2.0.0", "10.2.255.255", 53, 53)), SaBuilder.LEFT_NETWORKS),
                new Policy.Bypass(List.of(ports("10.2.0.0", "10.2.255.255", 1, 100)), SaBuilder.LEFT_NETWORKS),
                new Policy.Protect("branch", "net", SaBuilder.RIGHT_NETWORKS, SaBuilder.LEFT_NETWORKS)));
        right.receiveFrom(SaBuilder.LEFT, web, dns, ntp);
        assertThat(right.toTun).hasSize(1);
        assertThat(right.drops()).containsExactlyInAnyOrder("IN_BYPASS_POLICY=1", "IN_DISCARD_POLICY=1");
        right.send(Inner.udp("10.2.0.1", 80, "10.1.0.1", 1), Inner.udp("10.2.0.1", 53, "10.1.0.1", 1));
        assertThat(right.toUdp).isEmpty();
        assertThat(right.drops()).contains("OUT_BYPASS_POLICY=1", "OUT_DISCARD_POLICY=1");
    }

    @Test
    void aPacketWithoutAnSaAcquiresOnceASecondAndPolicy() {
        for (int i = 0; i < 25; i++) {
            left.send(Inner.udp("10.1.0.5", 1000, "10.2.0.9", 53));
            left.now += 100_000_000;
        }
        assertThat(left.events(DataPathEvent.Acquire.class))
                .hasSize(3)
                .first()
                .isEqualTo(new DataPathEvent.Acquire("branch", "net", host("10.1.0.5", 1000), host("10.2.0.9", 53)));
        assertThat(left.drops()).containsExactly("OUT_NO_SA=25");
    }

    /** RFC 4301 §4.4.1.1. */
    @Test
    void aPolicyForSomePortsAcquiresForThesePacketsAlone() {
        left.protecting(
                List.of(ports("10.1.0.0", "10.1.255.255", 0, 0xffff)),
                List.of(ports("10.2.0.0", "10.2.255.255", 53, 54)));
        left.send(
                Inner.udp("10.1.0.5", 1000, "10.2.0.9", 53),
                Inner.udp("10.1.0.5", 1000, "10.2.0.9", 52),
                Inner.udp("10.1.0.5", 53, "10.2.0.9", 55));
        assertThat(left.events(DataPathEvent.Acquire.class))
                .containsExactly(
                        new DataPathEvent.Acquire("branch", "net", host("10.1.0.5", 1000), host("10.2.0.9", 53)));
        assertThat(left.drops()).containsExactlyInAnyOrder("OUT_NO_SA=1", "OUT_NO_POLICY=2");
    }

    private static TrafficSelector ports(String first, String last, int firstPort, int lastPort) {
        return new TrafficSelector(IpProtocol.UDP, firstPort, lastPort, IpAddress.parse(first), IpAddress.parse(last));
    }

    @Test
    void anSaThatWasNarrowedCarriesOnlyItsSelectors() {
        left.dataPath.install(
                new SaBuilder()
                        .selectors(SaBuilder.LEFT_NETWORKS, List.of(TrafficSelector.parse("10.2.3.0/24")))
                        .build(),
                0);
        left.send(Inner.udp("10.1.0.5", 1, "10.2.3.9", 2), Inner.udp("10.1.0.5", 1, "10.2.4.9", 2));
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.drops()).containsExactly("OUT_NO_SA=1");
        assertThat(left.events(DataPathEvent.Acquire.class)).hasSize(1);
    }

    @Test
    void theNewestSaCarriesAndTheOlderOneTakesOverWhenItGoes() {
        left.dataPath.install(new SaBuilder().spis(0x1001, 0x2001).build(), 0);
        left.dataPath.install(new SaBuilder().spis(0x1002, 0x2002).build(), 1);
        assertThat(spiOfNextPacket()).isEqualTo(0x2002);
        left.dataPath.remove(0x1002);
        assertThat(spiOfNextPacket()).isEqualTo(0x2001);
        left.dataPath.install(new SaBuilder().spis(0x1003, 0x2003).build(), 2);
        left.dataPath.remove(0x1001);
        assertThat(spiOfNextPacket()).isEqualTo(0x2003);
    }

    @Test
    void duringARekeyNoPacketIsLostWhicheverSaThePeerUses() {
        SaBuilder old = new SaBuilder().spis(0x1001, 0x2001);
        SaBuilder fresh = new SaBuilder().spis(0x1002, 0x2002);
        left.dataPath.install(old.build(), 0);
        right.dataPath.install(old.mirrored(), 0);
        byte[] late = left.seal(Inner.ping(1));
        // The responder of the rekey installs first, and defers.
        right.dataPath.install(fresh.deferred().mirrored(), 0);
        left.receive(right.seal(Inner.pingBack(2)));
        left.dataPath.install(new SaBuilder().spis(0x1002, 0x2002).build(), 0);
        right.receiveFrom(SaBuilder.LEFT, left.seal(Inner.ping(3)), late);
        byte[] answer = right.seal(Inner.pingBack(4));
        assertThat(BigEndian.int32(answer, 0)).isEqualTo(0x1002);
        left.receive(answer);
        assertThat(left.toTun).hasSize(2);
        assertThat(right.toTun).hasSize(2);
        assertThat(left.drops()).isEmpty();
        assertThat(right.drops()).isEmpty();
    }

    @Test
    void aFirstSaThatIsDeferredSendsNothing() {
        left.dataPath.install(new SaBuilder().spis(0x1001, 0x2001).deferred().build(), 0);
        left.send(Inner.ping(1));
        assertThat(left.toUdp).isEmpty();
        left.dataPath.activateOutbound(0x1001);
        assertThat(spiOfNextPacket()).isEqualTo(0x2001);
    }

    @Test
    void aDeferredSaIsUsedOnceThePeerWasHeardOnItOrIkeSaysSoOrTheOlderOnesAreGone() {
        left.dataPath.install(new SaBuilder().spis(0x1001, 0x2001).build(), 0);
        SaBuilder second = new SaBuilder().spis(0x1002, 0x2002).deferred();
        left.dataPath.install(second.build(), 0);
        assertThat(spiOfNextPacket()).isEqualTo(0x2001);
        right.dataPath.install(new SaBuilder().spis(0x1002, 0x2002).mirrored(), 0);
        left.receive(right.seal(Inner.pingBack(1)));
        assertThat(spiOfNextPacket()).isEqualTo(0x2002);

        left.dataPath.install(new SaBuilder().spis(0x1003, 0x2003).deferred().build(), 0);
        assertThat(spiOfNextPacket()).isEqualTo(0x2002);
        assertThat(left.dataPath.activateOutbound(0x1003)).isTrue();
        assertThat(spiOfNextPacket()).isEqualTo(0x2003);

        left.dataPath.install(new SaBuilder().spis(0x1004, 0x2004).deferred().build(), 0);
        left.dataPath.remove(0x1001);
        left.dataPath.remove(0x1002);
        left.dataPath.remove(0x1003);
        assertThat(spiOfNextPacket()).isEqualTo(0x2004);
        assertThat(left.dataPath.activateOutbound(0x1003)).isFalse();
    }

    @Test
    void aLongPacketWithoutDfIsCutAndArrives() {
        connect(1400);
        int mtu = EffectiveMtu.udpEncapsulated(SaBuilder.suite("aes128gcm16"), 4, 1400);
        byte[] ping = Inner.ping(1900);
        left.send(ping);
        assertThat(left.toUdp).hasSize(2).allMatch(p -> 28 + p.length <= 1400);
        right.receiveFrom(SaBuilder.LEFT, left.toUdp.toArray(byte[][]::new));
        assertThat(right.toTun).hasSize(2).allMatch(p -> p.length <= mtu);
        int payload = right.toTun.stream().mapToInt(p -> p.length - 20).sum();
        assertThat(payload).isEqualTo(ping.length - 20);
        assertThat(left.dataPath.totals().fragmented()).isEqualTo(1);
        assertThat(left.dataPath.totals().packetsOut()).isEqualTo(2);
        assertThat(left.drops()).isEmpty();
    }

    @Test
    void aLongPacketWithDfIsAnsweredIntoTheTun() {
        connect(1400);
        left.send(Inner.withDontFragment(Inner.ping(1400)));
        assertThat(left.toUdp).isEmpty();
        assertThat(left.drops()).containsExactly("OUT_TOO_BIG=1");
        byte[] answer = left.toTun.getFirst();
        assertThat(Icmp.typeAndCode(answer, 20)).isEqualTo(0x0304);
        assertThat(BigEndian.u16(answer, 20 + Icmp.NEXT_HOP_MTU)).isEqualTo(1338);
        assertThat(IpAddress.v4(Ipv4Header.destination(answer, 0))).isEqualTo(Inner.LEFT_HOST);
        left.send(Inner.withDontFragment(Inner.ping(1338 - 28)));
        assertThat(left.toUdp).hasSize(1);
    }

    @Test
    void anIpv6PacketIsNeverCutByUsAndOneOf1280BytesAlwaysGoes() {
        connect(1300);
        left.send(Inner.ping6(1280 - 48));
        assertThat(left.toUdp).hasSize(1);
        left.send(Inner.ping6(1281 - 48));
        assertThat(left.toUdp).hasSize(1);
        assertThat(Icmp.typeAndCode(left.toTun.getFirst(), 40)).isEqualTo(0x0200);
        assertThat(BigEndian.u32(left.toTun.getFirst(), 40 + Icmp.V6_MTU)).isEqualTo(1280);
    }

    @Test
    void tooBigAnswersAreLimited() {
        connect(1400);
        byte[] big = Inner.withDontFragment(Inner.ping(1400));
        for (int i = 0; i < 500; i++) {
            left.send(big);
        }
        assertThat(left.toTun).hasSize(100);
        assertThat(left.drops()).containsExactly("OUT_TOO_BIG=500");
        left.now += 1_000_000_000L;
        left.send(big);
        assertThat(left.toTun).hasSize(101);
    }

    @Test
    void aNewPathChangesTheMtuAtOnce() {
        connect(1500);
        left.send(Inner.withDontFragment(Inner.ping(1400)));
        left.dataPath.update(0x1001, Carrier.UDP, SaBuilder.LEFT, SaBuilder.RIGHT, 1400);
        left.send(Inner.withDontFragment(Inner.ping(1400)));
        assertThat(left.toUdp).hasSize(1);
        assertThat(left.toTun).hasSize(1);
        assertThat(left.dataPath.association(0x1001).orElseThrow().innerMtu()).isEqualTo(1338);
        assertThat(left.dataPath.update(0x7777, Carrier.UDP, SaBuilder.LEFT, SaBuilder.RIGHT, 1400))
                .isFalse();
    }

    @Test
    void whatTheBatchesHaveNoRoomForIsCounted() {
        connect(1500);
        left.capacity = 2;
        left.send(Inner.ping(1), Inner.ping(2), Inner.ping(3));
        assertThat(left.toUdp).hasSize(2);
        assertThat(left.drops()).containsExactly("OUT_QUEUE_FULL=1");
        right.capacity = 1;
        right.receiveFrom(SaBuilder.LEFT, left.toUdp.getFirst(), left.toUdp.get(1));
        assertThat(right.toTun).hasSize(1);
        assertThat(right.drops()).containsExactly("IN_QUEUE_FULL=1");
        left.capacity = 1;
        left.send(Inner.ping(1900));
        assertThat(left.drops()).containsExactly("OUT_QUEUE_FULL=2");
        left.send(Inner.withDontFragment(Inner.ping(1900)), Inner.withDontFragment(Inner.ping(1900)));
        assertThat(left.toTun).hasSize(1);
    }

    @Test
    void aShorterReadPacketIsCutToItsTotalLength() {
        connect(1500);
        byte[] ping = Inner.ping(20);
        right.receiveFrom(SaBuilder.LEFT, left.seal(Inner.cut(ping, ping.length + 30)));
        assertThat(right.toTun).containsExactly(ping);
        assertThat(left.dataPath.association(0x1001).orElseThrow().out().bytes())
                .isEqualTo(ping.length);
    }

    private void connect(int outerMtu) {
        SaBuilder pair = new SaBuilder().outerMtu(outerMtu);
        left.dataPath.install(pair.build(), left.now);
        right.dataPath.install(pair.mirrored(), right.now);
    }

    private int spiOfNextPacket() {
        return BigEndian.int32(left.seal(Inner.ping(1)), 0);
    }

    private static TrafficSelector host(String address, int port) {
        IpAddress ip = IpAddress.parse(address);
        return new TrafficSelector(17, port, port, ip, ip);
    }
}
