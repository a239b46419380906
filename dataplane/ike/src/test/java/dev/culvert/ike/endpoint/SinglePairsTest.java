package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.TrafficSelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Peers that take one pair of traffic selectors in a child SA (RFC 7296 §2.9, SINGLE_PAIR_REQUIRED). */
class SinglePairsTest {
    private static final List<String> LOCAL = List.of("10.1.0.0/16", "172.16.0.0/12");
    private static final List<String> REMOTE = List.of("10.2.0.0/16");

    private static final String[] BOTH = {"10.1.0.0/16 === 10.2.0.0/16", "172.16.0.0/12 === 10.2.0.0/16"};

    /**
     * B has a child for each pair, so it narrows what A offers to one of them; A asks for the other one:
     *
     * <pre>
     * HDR, SK {IDi, IDr, AUTH, SA, TSi(10.1/16, 172.16/12), TSr(10.2/16)}  --&gt;
     *                        &lt;--  HDR, SK {IDr, AUTH, SA, TSi(10.1/16), TSr(10.2/16)}
     * HDR, SK {SA, Ni, TSi(172.16/12), TSr(10.2/16)}  --&gt;
     *                        &lt;--  HDR, SK {SA, Nr, TSi(172.16/12), TSr(10.2/16)}
     * </pre>
     */
    @Test
    void aPeerThatNarrowsToOnePairIsAskedForTheOthers() {
        EndpointPair pair =
                new EndpointPair(51).withTunnel(t -> t.selectors(LOCAL, REMOTE), SinglePairsTest::onePerChild);
        pair.run(Duration.ofSeconds(2));
        assertThat(pairs(pair.a)).containsExactlyInAnyOrder(BOTH);
        assertThat(pair.b.installed).hasSize(2);
        assertThat(pair.a.installed.values()).allMatch(i -> i.child().equals(Tunnels.CHILD));
        TunnelStatus.ChildStatus shown = pair.a.status().children().getFirst();
        assertThat(pair.a.status().children()).hasSize(1);
        assertThat(shown.name()).isEqualTo(Tunnels.CHILD);
        assertThat(shown.state()).isEqualTo(TunnelStatus.ChildState.INSTALLED);
        assertThat(shown.local()).extracting(TrafficSelector::toString).containsExactlyElementsOf(LOCAL);
        // Each is rekeyed with what was narrowed.
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        assertThat(pairs(pair.a)).containsExactlyInAnyOrder(BOTH);
        assertThat(pair.a.everInstalled).hasSize(4);
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
    }

    /** A peer that refuses several pairs without saying that one would do, as Cisco's ASA. */
    @Test
    void aPeerThatRefusesSeveralPairsIsAskedForEach() {
        EndpointPair pair = new EndpointPair(52)
                .withTunnel(t -> t.selectors(LOCAL, REMOTE), t -> t.selectors(List.of("10.9.0.0/16"), LOCAL));
        pair.await(Duration.ofSeconds(2), () -> pair.a.count(AuditEvent.INITIATION_FAILED) > 0);
        pair.b.command(new Command.PutTunnel(
                ofB().selectors(REMOTE, LOCAL).start(StartAction.NONE).build()));
        pair.run(Duration.ofSeconds(2));
        assertThat(pairs(pair.a)).containsExactlyInAnyOrder(BOTH);
        assertThat(pairs(pair.b)).hasSize(2);
    }

    /** What the peer's policy does not have is not asked for again and again, and the rest is up. */
    @Test
    void aPeerWithoutOneOfThePairsHasTheOthers() {
        EndpointPair pair = new EndpointPair(53)
                .withTunnel(t -> t.selectors(LOCAL, REMOTE), t -> t.selectors(REMOTE, LOCAL.subList(0, 1)));
        pair.run(Duration.ofSeconds(5));
        assertThat(pairs(pair.a)).containsExactly(BOTH[0]);
        assertThat(pair.a.status().children().getFirst().state()).isEqualTo(TunnelStatus.ChildState.INSTALLED);
        int before = pair.a.transmitted;
        pair.run(Duration.ofMinutes(2));
        assertThat(pair.a.transmitted).isEqualTo(before);
        assertThat(pair.a.audit)
                .extracting(AuditRecord::message)
                .anyMatch(m -> m.contains("TS_UNACCEPTABLE") && m.contains("172.16.0.0/12"));
    }

    @Test
    void line25_aPeerWithNoneOfThePairsIsAskedForThemTogetherAgain() {
        EndpointPair pair = new EndpointPair(54)
                .withTunnel(t -> t.selectors(LOCAL, REMOTE), t -> t.selectors(List.of("10.9.0.0/16"), LOCAL));
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.TS_UNACCEPTABLE);
        assertThat(pair.a.status().children()).hasSize(1);
        int before = pair.a.transmitted;
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.transmitted - before).as("no storm").isLessThan(60);
        pair.b.command(new Command.PutTunnel(
                ofB().selectors(REMOTE, LOCAL).start(StartAction.NONE).build()));
        pair.await(Duration.ofSeconds(10), () -> pair.a.installed.size() == 1 || pair.a.installed.size() == 2);
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure()).isEmpty();
    }

    @Test
    void aPacketAsksForThePairThatCarriesIt() {
        EndpointPair pair = new EndpointPair(55)
                .withTunnel(t -> t.selectors(LOCAL, REMOTE).start(StartAction.TRAP), SinglePairsTest::onePerChild);
        acquire(pair, "10.1.2.3/32");
        pair.run(Duration.ofSeconds(2));
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        acquire(pair, "172.16.2.3/32");
        pair.run(Duration.ofSeconds(2));
        assertThat(pairs(pair.a)).containsExactly(BOTH[1]);
    }

    private static void acquire(EndpointPair pair, String source) {
        pair.a.command(new Command.Acquire(
                Tunnels.NAME,
                Tunnels.CHILD,
                Optional.of(TrafficSelector.parse(source)),
                Optional.of(TrafficSelector.parse("10.2.3.4/32"))));
    }

    private static Tunnels ofB() {
        return Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example");
    }

    private static Tunnels onePerChild(Tunnels tunnel) {
        return tunnel.selectors(REMOTE, LOCAL.subList(0, 1))
                .addChild(Tunnels.child("other", "10.2.0.0/16", "172.16.0.0/12", "aes256gcm16").toBuilder()
                        .startAction(StartAction.NONE)
                        .build());
    }

    private static List<String> pairs(Gateway gateway) {
        return gateway.installed.values().stream()
                .map(i -> text(i.parameters().local()) + " === "
                        + text(i.parameters().remote()))
                .toList();
    }

    private static String text(List<TrafficSelector> selectors) {
        return String.join(
                ", ", selectors.stream().map(TrafficSelector::toString).toList());
    }
}
