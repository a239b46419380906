package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.testkit.Interceptor;
import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors, NAT, liveness, restarts and changed configurations of a tunnel that is up. */
class LifeTest {
    private static final Optional<String> ALL = Optional.empty();

    private static Tunnels ofA() {
        return Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example");
    }

    private static Tunnels ofB() {
        return Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE);
    }

    private static List<TrafficSelector> selectors(String... texts) {
        return Arrays.stream(texts).map(TrafficSelector::parse).toList();
    }

    // ---- selectors ----

    @Test
    void theResponderNarrowsToItsPolicy() {
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(
                        t -> t.selectors(List.of("10.1.0.0/16", "172.16.0.0/12"), List.of("0.0.0.0/0")),
                        t -> t.selectors(List.of("10.2.0.0/24", "10.3.0.0/24"), List.of("10.1.0.0/24")));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).local()).isEqualTo(selectors("10.1.0.0/24"));
        assertThat(pair.a.pair(Tunnels.CHILD).remote()).isEqualTo(selectors("10.2.0.0/24", "10.3.0.0/24"));
        // A rekeying proposes what was narrowed.
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).remote()).isEqualTo(selectors("10.2.0.0/24", "10.3.0.0/24"));
    }

    @Test
    void selectorsWithoutOverlapAreUnacceptableWhileTheIkeSaStaysAndHealByPutTunnel() {
        EndpointPair pair = new EndpointPair(2)
                .withTunnel(t -> t.selectors(List.of("10.9.0.0/16"), List.of("10.2.0.0/16")), t -> t);
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        assertThat(pair.a.installed).isEmpty();
        TunnelStatus.Failure failure = pair.a.failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(FailureKind.TS_UNACCEPTABLE);
        assertThat(failure.notifyName()).contains("TS_UNACCEPTABLE");
        assertThat(failure.message()).contains("10.9.0.0/16", "10.2.0.0/16");
        assertThat(pair.b.failure().orElseThrow().message()).contains("10.9.0.0/16", "10.1.0.0/16");
        // It is tried again, not in a storm.
        int before = pair.a.transmitted;
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.transmitted - before).isBetween(5, 20);
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.await(Duration.ofSeconds(1), () -> !pair.a.installed.isEmpty());
        pair.run(Duration.ofSeconds(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.b.failure()).isEmpty();
    }

    @Test
    void espProposalsWithoutOverlapKeepTheIkeSaAndHealWhenThePeerIsCorrected() {
        EndpointPair pair = new EndpointPair(3).withTunnel(t -> t, t -> t.childProposals("aes128-sha256"));
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.failure().orElseThrow().message()).contains("aes256gcm16");
        assertThat(pair.b.failure().orElseThrow().message()).contains("aes256gcm16", "aes128-sha256");
        pair.b.command(new Command.PutTunnel(ofB().build()));
        pair.await(Duration.ofSeconds(10), () -> !pair.a.installed.isEmpty());
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
    }

    @Test
    void aPacketBringsUpATrapChildAndItsSelectorGoesFirst() {
        EndpointPair pair = new EndpointPair(4).withTunnel(t -> t.start(StartAction.TRAP), t -> t);
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.transmitted).isZero();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        pair.a.command(new Command.Acquire(
                Tunnels.NAME,
                Tunnels.CHILD,
                Optional.of(TrafficSelector.parse("10.1.2.3/32")),
                Optional.of(TrafficSelector.parse("10.2.3.4/32"))));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).local()).isEqualTo(selectors("10.1.0.0/16"));
    }

    @Test
    void aPacketDoesNotBringUpAChildThatIsNotToStart() {
        EndpointPair pair = new EndpointPair(4).withTunnel(t -> t.start(StartAction.NONE), t -> t);
        pair.a.command(new Command.Acquire(Tunnels.NAME, Tunnels.CHILD, Optional.empty(), Optional.empty()));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.transmitted).isZero();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
    }

    // ---- NAT and encapsulation ----

    @Test
    void forcedEncapsulationFloatsBothPortsAndMakesThePeerEncapsulate() {
        EndpointPair pair = new EndpointPair(5).withTunnel(t -> t.encapsulation(Encapsulation.ALWAYS), t -> t);
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        for (Gateway gateway : pair.gateways) {
            ChildSaParameters p = gateway.pair(Tunnels.CHILD);
            assertThat(p.carrier()).isEqualTo(Carrier.UDP);
            assertThat(p.outerLocal().port()).isEqualTo(4500);
            assertThat(p.outerRemote().port()).isEqualTo(4500);
        }
        assertThat(pair.a.status().ikeSa().orElseThrow().localBehindNat()).isFalse();
    }

    @Test
    void forcedEncapsulationOfTheResponderWorksToo() {
        EndpointPair pair = new EndpointPair(6).withTunnel(t -> t, t -> t.encapsulation(Encapsulation.ALWAYS));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        for (Gateway gateway : pair.gateways) {
            assertThat(gateway.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.UDP);
            assertThat(gateway.pair(Tunnels.CHILD).outerRemote().port()).isEqualTo(4500);
        }
    }

    @Test
    void aTunnelMayStartOnTheNatPort() {
        EndpointPair pair = new EndpointPair(7).withTunnel(t -> t.remotes(UdpAddress.of(EndpointPair.B, 4500)), t -> t);
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow().local().port()).isEqualTo(4500);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.IP);
    }

    @Test
    void bothBehindNatsWithAForwardedPort() {
        EndpointPair pair = new EndpointPair(8);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        NatDevice natOfB = pair.network.addNat(IpAddress.parse("198.51.100.2"), pair.b.address);
        natOfB.forward(500, UdpAddress.of(EndpointPair.B, 500));
        natOfB.forward(4500, UdpAddress.of(EndpointPair.B, 4500));
        pair.b.command(new Command.PutTunnel(ofB().remotes().build()));
        pair.a.command(new Command.PutTunnel(
                ofA().remotes(UdpAddress.of("198.51.100.2", 500)).build()));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.UDP);
        assertThat(pair.b.pair(Tunnels.CHILD).localBehindNat()).isTrue();
        assertThat(pair.b.pair(Tunnels.CHILD).peerBehindNat()).isTrue();
    }

    @Test
    void aMovedPeerIsFollowedOnlyBehindANat() {
        EndpointPair pair = new EndpointPair(9).withTunnel(t -> t, t -> t);
        pair.awaitUp();
        int spi = pair.b.pair(Tunnels.CHILD).spiIn();
        pair.b.command(new Command.PeerMoved(
                spi, Carrier.UDP, UdpAddress.of(EndpointPair.B, 4500), UdpAddress.of("203.0.113.7", 4500)));
        assertThat(pair.b.updates).isEmpty();
        EndpointPair natted = new EndpointPair(10).withTunnel(t -> t.encapsulation(Encapsulation.ALWAYS), t -> t);
        natted.awaitUp();
        int nattedSpi = natted.b.pair(Tunnels.CHILD).spiIn();
        natted.b.command(new Command.PeerMoved(
                nattedSpi, Carrier.UDP, UdpAddress.of(EndpointPair.B, 4500), UdpAddress.of("203.0.113.7", 4567)));
        assertThat(natted.b.updates).hasSize(1);
        assertThat(natted.b.updates.getFirst().outerRemote()).isEqualTo(UdpAddress.of("203.0.113.7", 4567));
    }

    // ---- liveness ----

    @ParameterizedTest
    @EnumSource(DpdConfig.Action.class)
    void aDeadPeer(DpdConfig.Action action) {
        EndpointPair pair = new EndpointPair(11)
                .withTunnel(t -> t.dpd(Duration.ofSeconds(10), Duration.ofSeconds(20), action), t -> t);
        pair.awaitUp();
        pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        pair.run(Duration.ofSeconds(31));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.removals.getLast().reason()).isEqualTo(Output.RemovalReason.PEER_DEAD);
        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofSeconds(10));
        if (action == DpdConfig.Action.RESTART) {
            pair.assertOnePair(Tunnels.CHILD);
            pair.assertOneIkeSa();
            return;
        }
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        pair.a.command(new Command.Acquire(Tunnels.NAME, Tunnels.CHILD, Optional.empty(), Optional.empty()));
        pair.run(Duration.ofSeconds(2));
        if (action == DpdConfig.Action.CLEAR) {
            assertThat(pair.a.installed).isEmpty();
            pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.empty()));
            pair.run(Duration.ofSeconds(2));
        }
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void livenessChecksComeOnlyWhenIdle() {
        EndpointPair pair = new EndpointPair(12)
                .withTunnel(t -> t.dpd(Duration.ofSeconds(10), Duration.ZERO, DpdConfig.Action.RESTART), t -> t);
        pair.awaitUp();
        int before = pair.a.transmitted;
        pair.run(Duration.ofSeconds(100));
        assertThat(pair.a.transmitted - before).isBetween(8, 10);
        pair.assertOneIkeSa();
    }

    // ---- restarts ----

    /** B loses everything and comes back: A's INITIAL_CONTACT and B's silence sort it out, one SA in the end. */
    @Test
    void line38_initialContactPurgesTheSasOfTheSameIdentitiesOnly() {
        EndpointPair pair = new EndpointPair(13);
        Gateway other = new Gateway("C", "192.0.2.3", EndpointConfig.defaults(), pair.network, pair.clock, 77);
        pair.gateways.add(other);
        other.command(new Command.PutTunnel(Tunnels.of("192.0.2.3", EndpointPair.B, "c.example", "b.example")
                .build()));
        pair.withTunnel();
        TunnelConfig toC = Tunnels.of(EndpointPair.B, "192.0.2.3", "b.example", "c.example")
                .named("other")
                .swapSelectors()
                .start(StartAction.NONE)
                .build();
        pair.b.command(new Command.PutTunnel(toC));
        pair.run(Duration.ofSeconds(10));
        assertThat(pair.b.endpoint.establishedIkeSas()).isEqualTo(2);
        assertThat(pair.b.installed).hasSize(2);

        // A is killed and starts again, knowing nothing.
        Gateway again = new Gateway("A", EndpointPair.A, EndpointConfig.defaults(), pair.network, pair.clock, 1234);
        pair.gateways.set(0, again);
        again.command(new Command.PutTunnel(ofA().build()));
        pair.run(Duration.ofSeconds(2));
        assertThat(again.installed).hasSize(1);
        assertThat(pair.b.endpoint.establishedIkeSas()).isEqualTo(2);
        assertThat(pair.b.installed).hasSize(2);
        assertThat(pair.b.removals).hasSize(1);
        assertThat(other.removals).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void bothSidesInitiatingAtOnceEndWithOneIkeSa(int seed) {
        EndpointPair pair = new EndpointPair(seed);
        pair.network.conditions(LinkConditions.GOOD.withJitter(Duration.ofMillis(seed)));
        pair.b.command(new Command.PutTunnel(ofB().start(StartAction.START).build()));
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.run(Duration.ofSeconds(20));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @ParameterizedTest
    @EnumSource(CloseAction.class)
    void aChildThatThePeerDeletes(CloseAction action) {
        EndpointPair pair = new EndpointPair(14).withTunnel(t -> t.close(action), t -> t);
        pair.awaitUp();
        // <-- INFORMATIONAL { D }
        // --> INFORMATIONAL { D }
        pair.b.command(new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(10));
        pair.assertOneIkeSa();
        if (action == CloseAction.START) {
            pair.assertOnePair(Tunnels.CHILD);
        } else {
            assertThat(pair.a.installed).isEmpty();
            assertThat(pair.a.removals.getFirst().reason()).isEqualTo(Output.RemovalReason.DELETED_BY_PEER);
            pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
            pair.run(Duration.ofSeconds(1));
            pair.assertOnePair(Tunnels.CHILD);
        }
    }

    @Test
    void terminateStaysDownUntilInitiate() {
        EndpointPair pair = new EndpointPair(15).withTunnel();
        pair.awaitUp();
        pair.a.command(new Command.Terminate(Tunnels.NAME, ALL));
        pair.run(Duration.ofMinutes(5));
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        pair.a.command(new Command.Initiate(Tunnels.NAME, ALL));
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void shutdownDeletesAllAndIsBounded() {
        EndpointPair pair = new EndpointPair(16).withTunnel();
        pair.awaitUp();
        assertThat(pair.a.endpoint.isShutDown()).isFalse();
        pair.a.command(new Command.Shutdown());
        pair.await(Duration.ofMillis(100), () -> pair.a.endpoint.isShutDown());
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
        EndpointPair silent = new EndpointPair(17).withTunnel();
        silent.awaitUp();
        silent.network.conditions(LinkConditions.GOOD.withLoss(1));
        silent.a.command(new Command.Shutdown());
        silent.await(Duration.ofSeconds(4), () -> silent.a.endpoint.isShutDown());
        assertThat(silent.a.installed).isEmpty();
    }

    @Test
    void removeTunnelSendsDelete() {
        EndpointPair pair = new EndpointPair(18).withTunnel();
        pair.awaitUp();
        pair.a.command(new Command.RemoveTunnel(Tunnels.NAME));
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
    }

    // ---- changed configurations ----

    @Test
    void anEqualConfigurationDoesNothing() {
        EndpointPair pair = new EndpointPair(19).withTunnel();
        pair.awaitUp();
        int before = pair.a.transmitted;
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.transmitted).isEqualTo(before);
    }

    @Test
    void whatIsNotOnTheWireLeavesTheSasAlone() {
        EndpointPair pair = new EndpointPair(20).withTunnel();
        pair.awaitUp();
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.command(new Command.PutTunnel(ofA().dpd(Duration.ofMinutes(10), Duration.ZERO, DpdConfig.Action.RESTART)
                .close(CloseAction.START)
                .rekeyTime(Duration.ofHours(4))
                .build()));
        pair.run(Duration.ofSeconds(10));
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(spi);
        pair.assertOneIkeSa();
        // The new times count, from when the SA was established.
        pair.run(Duration.ofHours(4));
        assertThat(pair.a.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
    }

    @Test
    void line63_aChangedSecretOnBothSidesIsMakeBeforeBreak() {
        EndpointPair pair = new EndpointPair(21).withTunnel();
        pair.awaitUp();
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.b.command(
                new Command.PutTunnel(ofB().psk("the new secret, long enough").build()));
        pair.a.command(
                new Command.PutTunnel(ofA().psk("the new secret, long enough").build()));
        for (int i = 0; i < 200; i++) {
            pair.run(Duration.ofMillis(5));
            assertThat(pair.a.sending).containsKey(Tunnels.CHILD);
            assertThat(pair.b.sending).containsKey(Tunnels.CHILD);
        }
        pair.run(Duration.ofSeconds(20));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(spi);
    }

    @Test
    void aChangedConfigurationThatThePeerRefusesDoesNotKeepTheOldSa() {
        EndpointPair pair = new EndpointPair(22).withTunnel();
        pair.awaitUp();
        pair.a.command(
                new Command.PutTunnel(ofA().psk("not what the peer has, at all").build()));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.isEstablished()).isFalse();
        pair.a.command(new Command.PutTunnel(ofA().build()));
        pair.await(Duration.ofSeconds(1), () -> !pair.a.installed.isEmpty());
        pair.run(Duration.ofSeconds(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aChangedChildIsMadeAnewOnTheSameIkeSa() {
        EndpointPair pair =
                new EndpointPair(23).withTunnel(t -> t, t -> t.childProposals("aes256gcm16", "aes128-sha256"));
        pair.awaitUp();
        pair.a.command(
                new Command.PutTunnel(ofA().childProposals("aes128-sha256").build()));
        pair.run(Duration.ofSeconds(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo("aes128-sha256");
        assertThat(pair.a.count(AuditEvent.IKE_SA_ESTABLISHED)).isEqualTo(1);
    }

    @Test
    void aChildThatIsTakenOutIsDeletedAndOneThatIsPutInComesUp() {
        EndpointPair pair = new EndpointPair(24).withTunnel();
        pair.awaitUp();
        ChildConfig voiceA = Tunnels.child("voice", "10.3.0.0/16", "10.4.0.0/16", "aes256gcm16");
        ChildConfig voiceB = Tunnels.child("voice", "10.4.0.0/16", "10.3.0.0/16", "aes256gcm16");
        Tunnels newB = ofB();
        newB.children.add(voiceB);
        Tunnels newA = ofA();
        newA.children.clear();
        newA.children.add(voiceA);
        pair.b.command(new Command.PutTunnel(newB.start(StartAction.NONE).build()));
        pair.a.command(new Command.PutTunnel(newA.build()));
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        pair.assertOnePair("voice");
        assertThat(pair.a.pairs(Tunnels.CHILD)).isEmpty();
        assertThat(pair.b.pairs(Tunnels.CHILD)).isEmpty();
    }

    // ---- loss ----

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void line35_aThirdLostOnlyCostsTime(int seed) {
        EndpointPair pair = new EndpointPair(seed);
        pair.network.conditions(LinkConditions.GOOD.withLoss(0.3));
        pair.withTunnel();
        pair.await(Duration.ofMinutes(2), () -> pair.a.isEstablished() && !pair.a.installed.isEmpty());
        for (int i = 0; i < 5; i++) {
            pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
            pair.run(Duration.ofMinutes(4));
        }
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.count(AuditEvent.PEER_UNREACHABLE)).isZero();
    }

    @Test
    void repetitionsAreTheSameOctetsAndBackOff() {
        EndpointPair pair = new EndpointPair(25);
        List<Bytes> sent = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        pair.network.intercept(d -> {
            if (d.from().address().equals(pair.a.address) && d.payload()[18] == 35) {
                sent.add(Bytes.of(d.payload()));
                times.add(d.nanos());
                return sent.size() < 5 ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER;
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.withTunnel();
        pair.await(Duration.ofMinutes(1), () -> pair.a.isEstablished());
        assertThat(sent).hasSize(5).containsOnly(sent.getFirst());
        for (int i = 2; i < 4; i++) {
            assertThat(times.get(i) - times.get(i - 1)).isGreaterThan(times.get(i - 1) - times.get(i - 2));
        }
    }

    /** The peer makes it nevertheless, and is told to delete it. */
    @Test
    void aChildThatIsTakenDownWhileItIsBeingMadeStaysDown() {
        EndpointPair pair = new EndpointPair(78)
                .withTunnel(
                        t -> t.addChild(Tunnels.child("voice", "10.3.0.0/16", "10.4.0.0/16", "aes256gcm16").toBuilder()
                                .startAction(StartAction.NONE)
                                .build()),
                        t -> t.addChild(Tunnels.child("voice", "10.4.0.0/16", "10.3.0.0/16", "aes256gcm16").toBuilder()
                                .startAction(StartAction.NONE)
                                .build()));
        pair.awaitUp();
        pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.of("voice")));
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.of("voice")));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.b.everInstalled).hasSize(2);
        assertThat(pair.a.pairs("voice")).isEmpty();
        assertThat(pair.b.pairs("voice")).isEmpty();
        pair.assertOnePair(Tunnels.CHILD);
    }
}
