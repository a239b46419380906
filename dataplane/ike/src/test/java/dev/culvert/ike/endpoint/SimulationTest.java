package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole lives of a tunnel under loss, duplication, reordering and NAT, a hundred seeds of them. However they go, once the
 * network is good again both sides agree on one IKE SA and one pair for each child. The seed stands in the name of the
 * case that fails. Others: {@code -Dculvert.test.jvm="-Dculvert.simulation.first=7 -Dculvert.simulation.last=7"}.
 */
class SimulationTest {
    private static final String PUBLIC = "198.51.100.1";

    static List<Long> seeds() {
        return LongStream.rangeClosed(
                        Long.getLong("culvert.simulation.first", 1), Long.getLong("culvert.simulation.last", 100))
                .boxed()
                .toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bothSidesAgreeInTheEnd(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EndpointPair pair = new EndpointPair(seed);
        boolean nat = random.nextInt(3) == 0;
        boolean bothStart = !nat && random.nextInt(2) == 0;
        boolean twoChildren = random.nextBoolean();
        StartAction startOfB = bothStart ? StartAction.START : StartAction.NONE;
        boolean pfs = random.nextBoolean();
        String esp = pfs ? "aes128-sha256-x25519" : "chacha20poly1305";
        if (nat) {
            pair.network.addNat(IpAddress.parse(PUBLIC), pair.a.address);
        }
        pair.network.conditions(LinkConditions.GOOD
                .withLoss(random.nextDouble(0.3))
                .withDuplication(random.nextDouble(0.3))
                .withReordering(random.nextDouble(0.3))
                .withJitter(Duration.ofMillis(random.nextInt(50))));

        Tunnels ofA = Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example");
        Tunnels ofB = Tunnels.of(EndpointPair.B, nat ? PUBLIC : EndpointPair.A, "b.example", "a.example");
        for (Tunnels tunnel : List.of(ofA, ofB)) {
            if (twoChildren) {
                tunnel.addChild(Tunnels.child("voice", "10.3.0.0/16", "10.4.0.0/16", "aes256gcm16"));
            }
            tunnel.childProposals(esp).close(CloseAction.START);
            tunnel.dpd(Duration.ofSeconds(30), Duration.ZERO, DpdConfig.Action.RESTART);
        }
        pair.a.command(new Command.PutTunnel(ofA.build()));
        pair.run(Duration.ofMillis(random.nextInt(40)));
        pair.b.command(new Command.PutTunnel(ofB.swapSelectors().start(startOfB).build()));

        for (int i = 0; i < 12; i++) {
            pair.run(Duration.ofMillis(random.nextInt(8_000)));
            Gateway one = random.nextBoolean() ? pair.a : pair.b;
            one.command(
                    switch (random.nextInt(5)) {
                        case 0, 1 -> new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD));
                        case 2, 3 -> new Command.Rekey(Tunnels.NAME, Optional.empty());
                        default -> new Command.Rekey(Tunnels.NAME, Optional.of("voice"));
                    });
        }

        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofMinutes(8));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        if (twoChildren) {
            pair.assertOnePair("voice");
        }
        assertThat(pair.a.installed).hasSize(twoChildren ? 2 : 1);
        assertThat(pair.b.installed).hasSize(twoChildren ? 2 : 1);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(nat ? Carrier.UDP : Carrier.IP);
        if (nat) {
            TunnelStatus.IkeSaStatus atB = pair.b.status().ikeSa().orElseThrow();
            assertThat(atB.remoteBehindNat()).isTrue();
            assertThat(atB.remote().address()).isEqualTo(IpAddress.parse(PUBLIC));
        }
    }

    /** With everything lost, both sides forget what they had, and keep trying without a storm. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void line35_totalLossClosesTheSaAndItComesBack(long seed) {
        EndpointPair pair = new EndpointPair(seed)
                .withTunnel(
                        t -> t.dpd(Duration.ofSeconds(10), Duration.ofSeconds(30), DpdConfig.Action.RESTART),
                        t -> t.dpd(Duration.ofSeconds(10), Duration.ofSeconds(30), DpdConfig.Action.CLEAR));
        pair.awaitUp();
        pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        pair.run(Duration.ofSeconds(90));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.removals.getFirst().reason()).isEqualTo(Output.RemovalReason.PEER_DEAD);
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.PEER_UNREACHABLE);
        assertThat(pair.b.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        int sentBefore = pair.a.transmitted;
        pair.run(Duration.ofMinutes(10));
        assertThat(pair.a.transmitted - sentBefore).isLessThan(300);
        pair.network.conditions(LinkConditions.GOOD);
        pair.await(Duration.ofSeconds(10), () -> pair.a.isEstablished());
        pair.run(Duration.ofSeconds(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
    }

    static List<Long> fewSeeds() {
        return List.of(1L, 2L, 3L);
    }

    /** The NAT forgets its mapping: B follows A's next authentic message, and tells the ESP engine. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void followsANatThatRemaps(long seed) {
        EndpointPair pair = new EndpointPair(seed);
        NatDevice nat = pair.network.addNat(IpAddress.parse(PUBLIC), pair.a.address);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, PUBLIC, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .dpd(Duration.ofSeconds(50), Duration.ZERO, DpdConfig.Action.RESTART)
                .build()));
        pair.awaitUp();
        UdpAddress before = pair.b.status().ikeSa().orElseThrow().remote();
        assertThat(pair.a.pair(Tunnels.CHILD).localBehindNat()).isTrue();
        assertThat(pair.b.pair(Tunnels.CHILD).peerBehindNat()).isTrue();
        pair.run(Duration.ofMinutes(2));
        assertThat(pair.a.keepAlives).isGreaterThan(0);
        nat.forgetMappings();
        pair.run(Duration.ofSeconds(60));
        UdpAddress after = pair.b.status().ikeSa().orElseThrow().remote();
        assertThat(after).isNotEqualTo(before);
        assertThat(pair.b.updates).isNotEmpty();
        assertThat(pair.b.updates.getLast().outerRemote()).isEqualTo(after);
        pair.assertOneIkeSa();
    }
}
