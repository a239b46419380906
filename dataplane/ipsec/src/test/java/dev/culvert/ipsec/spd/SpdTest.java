package dev.culvert.ipsec.spd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Packets;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpdTest {
    private static final TrafficSelector ANY = TrafficSelector.parse("0.0.0.0/0");
    private static final TrafficSelector ANY6 = TrafficSelector.parse("::/0");

    private final PacketFlow flow = new PacketFlow();

    @Test
    void theFirstMatchDecidesAndNotTheMostSpecific() {
        Spd spd = Spd.compile(List.of(
                discard("10.0.0.0/8", "10.2.9.0/24"),
                protect("wide", "10.1.0.0/16", "10.2.0.0/16"),
                protect("narrow", "10.1.0.0/16", "10.2.3.0/24"),
                protect("all", "0.0.0.0/0", "0.0.0.0/0")));
        assertThat(find(spd, "10.1.0.1", "10.2.9.7")).isEqualTo(0);
        assertThat(find(spd, "10.1.0.1", "10.2.3.7")).isEqualTo(1);
        assertThat(find(spd, "10.9.0.1", "10.2.3.7")).isEqualTo(3);
        assertThat(find(spd, "1.2.3.4", "255.255.255.255")).isEqualTo(3);
    }

    @Test
    void whatMatchesNothingHasNoPolicy() {
        Spd spd = Spd.compile(List.of(protect("net", "10.1.0.0/16", "10.2.0.0/16")));
        assertThat(find(spd, "10.1.0.1", "10.3.0.0")).isEqualTo(Spd.NONE);
        assertThat(find(spd, "10.2.0.1", "10.2.0.1")).isEqualTo(Spd.NONE);
        assertThat(find(spd, "fd00::1", "fd00::2")).isEqualTo(Spd.NONE);
        assertThat(find(Spd.EMPTY, "10.1.0.1", "10.2.0.0")).isEqualTo(Spd.NONE);
    }

    @Test
    void ipv6() {
        Spd spd = Spd.compile(List.of(
                protect("a", "fd00:1::/32", "fd00:2:0:0:8000::/65"),
                protect("b", "fd00:1::/32", "fd00:2::/32"),
                protect("c", "fd00:1::/32", "fd00:3::7")));
        assertThat(find(spd, "fd00:1::1", "fd00:2::8000:0:0:1")).isEqualTo(0);
        assertThat(find(spd, "fd00:1::1", "fd00:2::1")).isEqualTo(1);
        assertThat(find(spd, "fd00:1::1", "fd00:3::7")).isEqualTo(2);
        assertThat(find(spd, "fd00:1::1", "fd00:3::8")).isEqualTo(Spd.NONE);
    }

    @Test
    void protocolsAndPorts() {
        Spd spd = Spd.compile(List.of(
                new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.UDP, 53, 53))),
                new Policy.Discard(
                        List.of(ports(IpProtocol.UDP, 1000, 2000)), List.of(ports(IpProtocol.UDP, 0, 0xffff))),
                new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.ICMP, 0x0800, 0x08ff))),
                new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.TCP, 0xffff, 0)))));
        assertThat(find(spd, udp(7, 53))).isEqualTo(0);
        assertThat(find(spd, udp(1000, 54))).isEqualTo(1);
        assertThat(find(spd, udp(2000, 54))).isEqualTo(1);
        assertThat(find(spd, udp(2001, 54))).isEqualTo(Spd.NONE);
        byte[] ping = Packets.echoRequest(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"), 1, 1, new byte[4]);
        assertThat(find(spd, ping)).isEqualTo(2);
        byte[] pong = Packets.echoReply(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"), 1, 1, new byte[4]);
        assertThat(find(spd, pong)).isEqualTo(Spd.NONE);
    }

    /** RFC 4301 §4.4.1.1: OPAQUE is for packets that show no ports, and ANY holds them too. */
    @Test
    void laterFragmentsMatchOpaqueAndAnyPortsOnly() {
        byte[] fragment = udp(53, 53);
        Ipv4Header.flagsAndFragmentOffset(fragment, 0, 100);
        Policy named = new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.UDP, 53, 53)));
        Policy opaque = new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.UDP, 0xffff, 0)));
        Policy any = new Policy.Discard(List.of(ANY), List.of(ports(IpProtocol.UDP, 0, 0xffff)));
        assertThat(find(Spd.compile(List.of(named)), fragment)).isEqualTo(Spd.NONE);
        assertThat(find(Spd.compile(List.of(named, opaque)), fragment)).isEqualTo(1);
        assertThat(find(Spd.compile(List.of(named, any)), fragment)).isEqualTo(1);
        assertThat(find(Spd.compile(List.of(opaque)), udp(53, 53))).isEqualTo(Spd.NONE);
    }

    /** In either direction: bypass, discard and protect in any order, by address, protocol and port. */
    @Test
    void agreesWithALinearSearch() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Policy> policies = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                policies.add(
                        switch (random.nextInt(3)) {
                            case 0 -> new Policy.Discard(selectors(random), selectors(random));
                            case 1 -> new Policy.Bypass(selectors(random), selectors(random));
                            default -> new Policy.Protect("t", "c" + i, selectors(random), selectors(random));
                        });
            }
            Spd spd = Spd.compile(policies);
            assertThat(spd.hasExceptions())
                    .isEqualTo(policies.stream().anyMatch(policy -> !(policy instanceof Policy.Protect)));
            for (int i = 0; i < 3_000; i++) {
                byte[] packet = packet(random);
                assertThat(find(spd, packet))
                        .as("seed %d, packet %d", seed, i)
                        .isEqualTo(linear(policies, flow.source(), flow.destination()));
                assertThat(spd.findReverse(flow))
                        .as("seed %d, packet %d of the peer", seed, i)
                        .isEqualTo(linear(policies, flow.destination(), flow.source()));
            }
        }
    }

    private int find(Spd spd, byte[] packet) {
        assertThat(flow.read(packet, 0, packet.length)).isTrue();
        return spd.find(flow);
    }

    private int find(Spd spd, String from, String to) {
        return find(spd, Packets.udp(UdpAddress.of(from, 1), UdpAddress.of(to, 2), new byte[8]));
    }

    /** By the records of wire, which know nothing of this package. */
    private static int linear(List<Policy> policies, TrafficSelector oneEnd, TrafficSelector otherEnd) {
        TrafficSelector ours = shown(oneEnd);
        TrafficSelector theirs = shown(otherEnd);
        for (int i = 0; i < policies.size(); i++) {
            if (policies.get(i).local().stream().anyMatch(s -> s.contains(ours))
                    && policies.get(i).remote().stream().anyMatch(s -> s.contains(theirs))) {
                return i;
            }
        }
        return Spd.NONE;
    }

    /** An end of a packet without ports, which ANY and OPAQUE hold. */
    private static TrafficSelector shown(TrafficSelector end) {
        return end.anyPort() ? new TrafficSelector(end.protocol(), 0xffff, 0, end.start(), end.end()) : end;
    }

    private static List<TrafficSelector> selectors(Random random) {
        List<TrafficSelector> selectors = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            TrafficSelector range = range(random);
            int protocol =
                    switch (random.nextInt(6)) {
                        case 0, 1, 2 -> TrafficSelector.ANY_PROTOCOL;
                        case 3 -> IpProtocol.TCP;
                        case 4 -> IpProtocol.ICMP;
                        default -> IpProtocol.UDP;
                    };
            int first = random.nextInt(4);
            boolean narrow = protocol != 0 && random.nextBoolean();
            boolean opaque = protocol != 0 && random.nextInt(8) == 0;
            selectors.add(new TrafficSelector(
                    protocol,
                    opaque ? 0xffff : narrow ? first : 0,
                    opaque ? 0 : narrow ? first + random.nextInt(3) : 0xffff,
                    range.start(),
                    range.end()));
        }
        return selectors;
    }

    /** Networks and odd ranges in a small space, so that they overlap. */
    private static TrafficSelector range(Random random) {
        if (random.nextInt(20) == 0) {
            return random.nextBoolean() ? ANY : ANY6;
        }
        IpAddress one = address(random, random.nextBoolean());
        if (random.nextBoolean()) {
            int length = one.bits() - random.nextInt(10);
            long cleared = one.low() & (length == 128 ? -1 : -1L << (one.bits() - length));
            return TrafficSelector.of(new IpPrefix(new IpAddress(one.version(), one.high(), cleared), length));
        }
        IpAddress other = address(random, one.isV4());
        return one.compareTo(other) <= 0
                ? new TrafficSelector(0, 0, 0xffff, one, other)
                : new TrafficSelector(0, 0, 0xffff, other, one);
    }

    private static IpAddress address(Random random, boolean v4) {
        int low = random.nextInt(512);
        return v4 ? IpAddress.v4(0x7fffff00 + low) : IpAddress.v6(0xfd00_0000_0000_0000L + low / 500, low);
    }

    private static byte[] packet(Random random) {
        boolean v4 = random.nextBoolean();
        UdpAddress from = new UdpAddress(address(random, v4), random.nextInt(6));
        UdpAddress to = new UdpAddress(address(random, v4), random.nextInt(6));
        byte[] packet = Packets.udp(from, to, new byte[8]);
        if (v4) {
            // The upper layer's bytes stay: those of another protocol with ports, one of type and code, one without
            // either.
            packet[9] = (byte)
                    switch (random.nextInt(5)) {
                        case 0 -> IpProtocol.TCP;
                        case 1 -> IpProtocol.ICMP;
                        case 2 -> IpProtocol.GRE;
                        default -> IpProtocol.UDP;
                    };
            if (random.nextInt(8) == 0) {
                Ipv4Header.flagsAndFragmentOffset(packet, 0, 100);
            }
        }
        return packet;
    }

    private static byte[] udp(int from, int to) {
        return Packets.udp(UdpAddress.of("10.0.0.1", from), UdpAddress.of("10.0.0.2", to), new byte[8]);
    }

    private static TrafficSelector ports(int protocol, int first, int last) {
        return new TrafficSelector(protocol, first, last, ANY.start(), ANY.end());
    }

    private static Policy protect(String child, String local, String remote) {
        return new Policy.Protect(
                "t", child, List.of(TrafficSelector.parse(local)), List.of(TrafficSelector.parse(remote)));
    }

    private static Policy discard(String local, String remote) {
        return new Policy.Discard(List.of(TrafficSelector.parse(local)), List.of(TrafficSelector.parse(remote)));
    }
}
