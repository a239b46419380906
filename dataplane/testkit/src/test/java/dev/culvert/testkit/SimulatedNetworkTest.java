package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.Interceptor.Fate;
import dev.culvert.testkit.SimulatedNetwork.Outcome;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
    private static final UdpAddress MOON = UdpAddress.of("192.0.2.1", 500);
    private static final UdpAddress SUN = UdpAddress.of("198.51.100.2", 500);
    private static final IpAddress NAT = IpAddress.parse("203.0.113.3");

    private final VirtualClock clock = new VirtualClock();
    private SimulatedNetwork network = new SimulatedNetwork(clock, 1);
    private final List<String> arrived = new ArrayList<>();

    @BeforeEach
    void attach() {
        record(MOON);
        record(SUN);
    }

    private void record(UdpAddress at) {
        network.attach(
                at.address(),
                (from, to, payload, now) ->
                        arrived.add(from + ">" + to + " " + new String(payload, StandardCharsets.UTF_8) + " @" + now));
    }

    private void send(UdpAddress from, UdpAddress to, String text) {
        network.send(from, to, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void deliversAfterTheLatencyAndNotBefore() {
        send(MOON, SUN, "hello");
        assertThat(network.nextDelivery()).isEqualTo(1_010_000_000L);
        assertThat(network.deliverDue()).isZero();

        clock.advance(Duration.ofMillis(10));

        assertThat(network.deliverDue()).isEqualTo(1);
        assertThat(arrived).containsExactly("192.0.2.1:500>198.51.100.2:500 hello @1010000000");
        assertThat(network.nextDelivery()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void keepsTheOrderOfEqualArrivalTimes() {
        for (int i = 0; i < 20; i++) {
            send(MOON, SUN, "n" + i);
        }
        network.run(Duration.ofSeconds(1));
        assertThat(arrived).hasSize(20).first().asString().contains("n0 ");
        assertThat(arrived.get(19)).contains("n19 ");
    }

    @Test
    void theSameSeedGivesTheSameDeliveries() {
        List<List<String>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            arrived.clear();
            network = new SimulatedNetwork(new VirtualClock(), 42);
            attach();
            network.conditions(LinkConditions.GOOD
                    .withLoss(0.3)
                    .withDuplication(0.2)
                    .withReordering(0.2)
                    .withJitter(Duration.ofMillis(5)));
            for (int i = 0; i < 100; i++) {
                send(MOON, SUN, "n" + i);
            }
            network.run(Duration.ofSeconds(1));
            runs.add(List.copyOf(arrived));
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).hasSizeBetween(60, 110);
        assertThat(network.count(Outcome.LOST)).isBetween(15L, 55L);
        assertThat(network.count(Outcome.DUPLICATED)).isBetween(8L, 35L);
    }

    @Test
    void theMtuCountsTheWholePacketAndOnePathHasItsOwnConditions() {
        network.conditions(MOON.address(), SUN.address(), LinkConditions.GOOD.withMtu(33));
        send(MOON, SUN, "12345");
        send(MOON, SUN, "123456");
        send(SUN, MOON, "123456");
        network.run(Duration.ofSeconds(1));
        assertThat(arrived).hasSize(2);
        assertThat(network.count(Outcome.TOO_BIG)).isEqualTo(1);
    }

    @Test
    void anInterceptorDropsDelaysAndReplaces() {
        network.intercept(datagram -> switch (new String(datagram.payload(), StandardCharsets.UTF_8)) {
            case "drop" -> Fate.DROP;
            case "delay" -> Fate.delay(Duration.ofSeconds(1));
            case "replace" -> Fate.replace("forged".getBytes(StandardCharsets.UTF_8));
            default -> Fate.DELIVER;
        });
        send(MOON, SUN, "delay");
        send(MOON, SUN, "drop");
        send(MOON, SUN, "replace");
        network.run(Duration.ofSeconds(5));
        assertThat(arrived)
                .containsExactly(
                        "192.0.2.1:500>198.51.100.2:500 forged @1010000000",
                        "192.0.2.1:500>198.51.100.2:500 delay @2010000000");
    }

    @Test
    void aNatMapsThePortLetsRepliesInAndNobodyElse() {
        NatDevice nat = network.addNat(NAT, MOON.address());
        send(MOON, SUN, "out");
        network.run(Duration.ofSeconds(1));
        UdpAddress mapped = nat.mappingOf(MOON).orElseThrow();
        assertThat(mapped.address()).isEqualTo(NAT);
        assertThat(mapped.port()).isNotEqualTo(500);
        assertThat(arrived).singleElement().asString().startsWith(mapped + ">" + SUN);

        send(SUN, mapped, "back");
        send(SUN.withPort(4500), mapped, "from another port");
        send(UdpAddress.of("198.51.100.9", 500), mapped, "stranger");
        send(SUN, new UdpAddress(NAT, 1), "no mapping");
        network.run(Duration.ofSeconds(1));

        assertThat(arrived).hasSize(2).last().asString().startsWith(SUN + ">" + MOON + " back");
        assertThat(network.count(Outcome.NAT_REFUSED)).isEqualTo(3);
    }

    @Test
    void aMappingExpiresAndTheNextOneDiffers() {
        NatDevice nat = network.addNat(NAT, MOON.address());
        nat.idleTimeout(Duration.ofSeconds(30));
        send(MOON, SUN, "first");
        network.run(Duration.ofSeconds(1));
        UdpAddress before = nat.mappingOf(MOON).orElseThrow();

        clock.advance(Duration.ofSeconds(31));
        send(SUN, before, "too late");
        send(MOON, SUN, "second");
        network.run(Duration.ofSeconds(1));

        UdpAddress after = nat.mappingOf(MOON).orElseThrow();
        assertThat(after).isNotEqualTo(before);
        assertThat(arrived).hasSize(2).last().asString().startsWith(after + ">" + SUN);
    }

    @Test
    void aNatChangesItsAddressAndForwards() {
        NatDevice nat = network.addNat(NAT, MOON.address());
        send(MOON, SUN, "first");
        network.run(Duration.ofSeconds(1));
        nat.changePublicAddress(IpAddress.parse("203.0.113.77"));
        send(MOON, SUN, "second");
        network.run(Duration.ofSeconds(1));
        assertThat(arrived.get(1)).startsWith("203.0.113.77:");

        nat.forward(500, MOON);
        send(UdpAddress.of("198.51.100.9", 9), new UdpAddress(nat.publicAddress(), 500), "to the responder");
        send(MOON, SUN, "answers from the forwarded port");
        network.run(Duration.ofSeconds(1));
        assertThat(arrived.get(2)).contains(">" + MOON + " to the responder");
        assertThat(arrived.get(3)).startsWith("203.0.113.77:500>");
    }

    @Test
    void natsNest() {
        IpAddress carrier = IpAddress.parse("100.64.0.1");
        network.addNat(carrier, MOON.address());
        NatDevice outer = network.addNat(NAT, carrier);
        network.attach(SUN.address(), (from, to, payload, now) -> network.send(to, from, payload));
        send(MOON, SUN, "there and back");
        network.run(Duration.ofSeconds(1));
        assertThat(arrived).singleElement().asString().startsWith(SUN + ">" + MOON + " there and back");
        assertThat(outer.mappingOf(MOON)).isEmpty();
    }

    @Test
    void endlessAnswersWithoutLatencyAreReported() {
        network.conditions(LinkConditions.GOOD.withLatency(Duration.ZERO));
        network.attach(SUN.address(), (from, to, payload, now) -> network.send(to, from, payload));
        network.attach(MOON.address(), (from, to, payload, now) -> network.send(to, from, payload));
        send(MOON, SUN, "ping");
        assertThatThrownBy(() -> network.deliverDue()).hasMessageContaining("without latency");
    }

    @Test
    void timeMayWrapAround() {
        VirtualClock late = new VirtualClock(Long.MAX_VALUE - 5);
        SimulatedNetwork lateNetwork = new SimulatedNetwork(late, 1);
        lateNetwork.attach(SUN.address(), (from, to, payload, now) -> arrived.add("@" + now));
        lateNetwork.send(MOON, SUN, new byte[1]);
        late.advance(Duration.ofMillis(10));
        assertThat(lateNetwork.deliverDue()).isEqualTo(1);
        assertThatThrownBy(() -> late.advanceNanos(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
