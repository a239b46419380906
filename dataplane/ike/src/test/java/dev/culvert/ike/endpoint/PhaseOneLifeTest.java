package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.NotifyPayload;
import dev.culvert.ike.v1.message.NotifyType;
import dev.culvert.ike.v1.message.ProtocolId;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.Interceptor;
import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.NatDevice;
import dev.culvert.testkit.certificates.TestAuthority;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** ISAKMP SAs behind NATs and with certificates, their liveness, their end, and those who send what was never asked for. */
class PhaseOneLifeTest {
    private static final UdpAddress A = UdpAddress.of(EndpointPair.A, 500);
    private static final UdpAddress B = UdpAddress.of(EndpointPair.B, 500);
    private static final TestAuthority ROOT = TestAuthority.root("Root", "ecp256");

    private static EndpointPair pair(long seed, Phase1Mode mode) {
        return new EndpointPair(seed).withTunnel(t -> t.ikev1(mode), t -> t.ikev1(mode));
    }

    private static Tunnels ofA(Phase1Mode mode) {
        return Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(mode);
    }

    private static Tunnels ofB(Phase1Mode mode) {
        return Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .ikev1(mode)
                .swapSelectors()
                .start(StartAction.NONE);
    }

    // ---- NAT (RFC 3947) ----

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void behindANatThePortsChangeAndKeepalivesFlow(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(1);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        List<Datagram> seen = new ArrayList<>();
        pair.network.observe(seen::add);
        pair.b.command(new Command.PutTunnel(ofB(mode).remotes().build()));
        pair.a.command(new Command.PutTunnel(ofA(mode).build()));
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        // Main mode: 1 to 4 by port 500, from 5 on by 4500. Aggressive mode: from 3 on.
        int before = mode == Phase1Mode.MAIN ? 4 : 2;
        List<Integer> ports = seen.stream()
                .map(d -> d.from().address().equals(pair.b.address) ? d.from().port() : d.to().port())
                .toList();
        assertThat(ports.subList(0, before)).containsOnly(500);
        assertThat(ports.subList(before, ports.size())).containsOnly(4500);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.UDP);
        assertThat(pair.b.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.UDP);
        assertThat(pair.a.pair(Tunnels.CHILD).localBehindNat()).isTrue();
        assertThat(pair.b.pair(Tunnels.CHILD).peerBehindNat()).isTrue();
        pair.run(Duration.ofSeconds(65));
        assertThat(pair.a.keepAlives).isEqualTo(3);
        assertThat(pair.b.keepAlives).isZero();
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void bothBehindNats(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(2);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        NatDevice natOfB = pair.network.addNat(IpAddress.parse("198.51.100.2"), pair.b.address);
        natOfB.forward(500, UdpAddress.of(EndpointPair.B, 500));
        natOfB.forward(4500, UdpAddress.of(EndpointPair.B, 4500));
        pair.b.command(new Command.PutTunnel(ofB(mode).remotes().build()));
        pair.a.command(new Command.PutTunnel(
                ofA(mode).remotes(UdpAddress.of("198.51.100.2", 500)).build()));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.UDP);
        assertThat(pair.b.pair(Tunnels.CHILD).localBehindNat()).isTrue();
        assertThat(pair.b.pair(Tunnels.CHILD).peerBehindNat()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"MAIN, true", "MAIN, false", "AGGRESSIVE, true", "AGGRESSIVE, false"})
    void forcedEncapsulationOfEitherSideMakesBothEncapsulate(Phase1Mode mode, boolean byA) {
        EndpointPair pair = new EndpointPair(3)
                .withTunnel(
                        t -> t.ikev1(mode).encapsulation(byA ? Encapsulation.ALWAYS : Encapsulation.AUTO),
                        t -> t.ikev1(mode).encapsulation(byA ? Encapsulation.AUTO : Encapsulation.ALWAYS));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        for (Gateway gateway : pair.gateways) {
            assertThat(gateway.pair(Tunnels.CHILD).carrier()).as(pair::journal).isEqualTo(Carrier.UDP);
            assertThat(gateway.pair(Tunnels.CHILD).outerRemote().port()).isEqualTo(4500);
        }
    }

    // ---- certificates ----

    @ParameterizedTest
    @CsvSource({"MAIN, rsa2048", "MAIN, ecp256", "MAIN, ecp384", "AGGRESSIVE, rsa2048", "AGGRESSIVE, ecp521"})
    void byCertificates(Phase1Mode mode, String kind) {
        EndpointPair pair = new EndpointPair(4)
                .withTunnel(
                        t -> t.ikev1(mode)
                                .proves(Anchors.local(ROOT.gateway("a.example", kind)))
                                .accepts(Anchors.of(ROOT).remote()),
                        t -> t.ikev1(mode)
                                .proves(Anchors.local(ROOT.gateway("b.example", kind)))
                                .accepts(Anchors.of(ROOT).remote()));
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.b.count(AuditEvent.WEAK_AUTHENTICATION)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void aCertificateOfAnotherAuthorityIsRefused(Phase1Mode mode) {
        TestAuthority other = TestAuthority.root("Other", "ecp256");
        EndpointPair pair = new EndpointPair(5)
                .withTunnel(
                        t -> t.ikev1(mode)
                                .proves(Anchors.local(other.gateway("a.example", "ecp256")))
                                .accepts(Anchors.of(ROOT).remote()),
                        t -> t.ikev1(mode)
                                .proves(Anchors.local(ROOT.gateway("b.example", "ecp256")))
                                .accepts(Anchors.of(ROOT).remote()));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
    }

    @Test
    void aLongChainGoesInFragments() {
        TestAuthority first = ROOT.intermediate("First", "rsa2048");
        EndpointPair pair = new EndpointPair(6)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN)
                                .fragmentation(Fragmentation.Mode.YES, 576)
                                .proves(Anchors.local(first.gateway("a.example", "rsa2048")))
                                .accepts(Anchors.of(ROOT).remote()),
                        t -> t.ikev1(Phase1Mode.MAIN)
                                .fragmentation(Fragmentation.Mode.YES, 576)
                                .proves(Anchors.local(first.gateway("b.example", "rsa2048")))
                                .accepts(Anchors.of(ROOT).remote()));
        List<Integer> sizes = new ArrayList<>();
        pair.network.observe(d -> sizes.add(d.payload().length));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(sizes).allMatch(size -> size <= 576 - 40 - 8);
    }

    // ---- liveness (RFC 3706) ----

    @ParameterizedTest
    @EnumSource(DpdConfig.Action.class)
    void aDeadPeer(DpdConfig.Action action) {
        EndpointPair pair = new EndpointPair(11)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN).dpd(Duration.ofSeconds(10), Duration.ofSeconds(20), action),
                        t -> t.ikev1(Phase1Mode.MAIN));
        pair.awaitUp();
        pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        pair.run(Duration.ofSeconds(31));
        assertThat(pair.a.installed).as(pair::journal).isEmpty();
        assertThat(pair.a.removals.getLast().reason()).isEqualTo(Output.RemovalReason.PEER_DEAD);
        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofSeconds(15));
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
    void checksComeOnlyWhenIdle() {
        // A --> B  HDR*, HASH, N(R-U-THERE, n)
        // A <-- B  HDR*, HASH, N(R-U-THERE-ACK, n)
        EndpointPair pair = new EndpointPair(12)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN)
                                .dpd(Duration.ofSeconds(10), Duration.ZERO, DpdConfig.Action.RESTART),
                        t -> t.ikev1(Phase1Mode.MAIN));
        pair.awaitUp();
        int before = pair.a.transmitted;
        int answered = pair.b.transmitted;
        pair.run(Duration.ofSeconds(100));
        assertThat(pair.a.transmitted - before).isBetween(8, 10);
        assertThat(pair.b.transmitted - answered).isEqualTo(pair.a.transmitted - before);
        pair.assertOneIkeSa();
    }

    // ---- restarts and ends ----

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void initialContactPurgesTheSasOfTheSameIdentities(Phase1Mode mode) {
        EndpointPair pair = pair(13, mode);
        pair.awaitUp();
        // A is killed and starts again, knowing nothing.
        Gateway again = new Gateway("A", EndpointPair.A, EndpointConfig.defaults(), pair.network, pair.clock, 1234);
        pair.gateways.set(0, again);
        again.command(new Command.PutTunnel(ofA(mode).build()));
        pair.run(Duration.ofSeconds(20));
        assertThat(again.installed).hasSize(1);
        assertThat(pair.b.endpoint.establishedIkeSas()).isEqualTo(1);
        assertThat(pair.b.installed).hasSize(1);
        assertThat(pair.b.removals).hasSize(1);
        Agreement.assertOnePair(again, pair.b, Tunnels.CHILD);
    }

    @Test
    void pairsOutliveTheIsakmpSaThatMadeThem() {
        EndpointPair pair = new EndpointPair(14)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN),
                        // B ends its ISAKMP SA after ten minutes, and cannot begin another one.
                        t -> t.ikev1(Phase1Mode.MAIN)
                                .rekeyTime(Duration.ofMinutes(9))
                                .remotes());
        pair.awaitUp();
        ChildSaParameters first = pair.a.pair(Tunnels.CHILD);
        pair.run(Duration.ofMinutes(12));
        assertThat(pair.b.count(AuditEvent.IKE_SA_CLOSED)).isEqualTo(1);
        pair.assertOneIkeSa();
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(first.spiIn());
        assertThat(pair.b.removals).isEmpty();
    }

    // ---- late, repeated and unasked for ----

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void nothingThatComesLateAgainChangesAnything(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(15);
        List<Datagram> seen = new ArrayList<>();
        pair.network.observe(seen::add);
        pair.withTunnel(t -> t.ikev1(mode), t -> t.ikev1(mode));
        pair.awaitUp();
        List<Datagram> old = List.copyOf(seen);
        int sent = pair.a.transmitted + pair.b.transmitted;
        for (Datagram datagram : old) {
            Gateway to = datagram.to().address().equals(pair.a.address) ? pair.a : pair.b;
            int before = to.transmitted;
            to.receive(datagram.from(), datagram.to(), datagram.payload(), pair.clock.nowNanos());
            assertThat(to.transmitted - before).as(pair::journal).isLessThanOrEqualTo(1);
        }
        pair.run(Duration.ofMinutes(2));
        // Each answers what it answered last, and nobody answers that once more without end.
        assertThat(pair.a.transmitted + pair.b.transmitted - sent).isLessThanOrEqualTo(2 * old.size());
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSize(1);
        assertThat(pair.b.everInstalled).hasSize(1);
    }

    @Test
    void notifiesInTheClearEndNothing() {
        EndpointPair pair = new EndpointPair(16);
        // A --> B  HDR, SA            lost
        // A <-- ?  HDR, N(NO-PROPOSAL-CHOSEN)
        pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        List<byte[]> sent = new ArrayList<>();
        pair.network.intercept(d -> {
            sent.add(d.payload());
            return Interceptor.Fate.DELIVER;
        });
        pair.withTunnel(t -> t.ikev1(Phase1Mode.MAIN), t -> t.ikev1(Phase1Mode.MAIN));
        long cookie = Bytes.of(sent.getFirst()).u64(0);
        byte[] refusal = V1Message.of(
                        IsakmpHeader.of(cookie, 0, ExchangeType.INFORMATIONAL, 77),
                        List.of(NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN, ProtocolId.ISAKMP)))
                .encode();
        pair.a.receive(B, A, refusal, pair.clock.nowNanos());
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.failure().orElseThrow().notifyName()).contains("NO-PROPOSAL-CHOSEN");
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.CONNECTING);
        pair.network.conditions(LinkConditions.GOOD);
        pair.awaitUp();
        assertThat(pair.a.failure()).isEmpty();
        // Nor later: an established SA is only looked after.
        pair.a.receive(B, A, refusal, pair.clock.nowNanos());
        pair.run(Duration.ofMinutes(1));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    /** As strongSwan does when the pre-shared keys differ: an answer to that would be answered the same way, for ever. */
    @Test
    void aRefusalByAnotherKeyIsAHintAndNotAnswered() {
        EndpointPair pair = new EndpointPair(20);
        List<byte[]> sent = new ArrayList<>();
        pair.network.intercept(d -> {
            boolean proof = (d.payload()[IsakmpHeader.LENGTH - 9] & 1) != 0;
            sent.add(d.payload());
            return proof ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER;
        });
        pair.withTunnel(t -> t.ikev1(Phase1Mode.MAIN), t -> t.ikev1(Phase1Mode.MAIN));
        pair.run(Duration.ofMillis(500));
        // A --> B  HDR*, IDii, HASH_I                  lost
        // A <-- ?  HDR*, HASH, N(PAYLOAD-MALFORMED)    by another key
        byte[] refusal = Arrays.copyOf(sent.getLast(), IsakmpHeader.LENGTH + 64);
        refusal[16] = 8;
        refusal[18] = 5;
        refusal[20] = 77;
        refusal[26] = 0;
        refusal[27] = (byte) refusal.length;
        int before = pair.a.transmitted;
        pair.a.receive(B, A, refusal, pair.clock.nowNanos());
        assertThat(pair.a.transmitted).isEqualTo(before);
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.failure().orElseThrow().message()).contains("encrypted by another key");
        pair.network.intercept(d -> Interceptor.Fate.DELIVER);
        pair.awaitUp();
        assertThat(pair.a.failure()).isEmpty();
    }

    @Test
    void withoutATunnelOfIkeV1NothingIsAnswered() {
        EndpointPair pair = new EndpointPair(17).withTunnel(t -> t.ikev1(Phase1Mode.MAIN), t -> t);
        pair.run(Duration.ofSeconds(10));
        assertThat(pair.b.transmitted).isZero();
        assertThat(pair.b.count(AuditEvent.DATAGRAM_DROPPED)).isPositive();
        assertThat(pair.b.endpoint.halfOpenIkeSas()).isZero();
        assertThat(pair.b.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFloodOfFirstMessagesLeavesABoundedState() {
        EndpointPair pair = new EndpointPair(18);
        List<byte[]> sent = new ArrayList<>();
        pair.network.observe(d -> sent.add(d.payload()));
        pair.withTunnel(
                t -> t.ikev1(Phase1Mode.MAIN), t -> t.ikev1(Phase1Mode.MAIN).remotes());
        pair.awaitUp();
        byte[] first = sent.getFirst();
        int before = pair.b.transmitted;
        for (int i = 0; i < 10_000; i++) {
            first[7] = (byte) i;
            first[6] = (byte) (i >> 8);
            first[0] = 1;
            UdpAddress from = UdpAddress.of("198.18." + (i >> 8 & 0xff) + "." + (i & 0xff), 500);
            pair.b.receive(from, B, first.clone(), pair.clock.nowNanos());
        }
        int limit = EndpointConfig.HalfOpenLimits.defaults().maximum();
        assertThat(pair.b.endpoint.halfOpenIkeSas()).isEqualTo(limit);
        // One answer for each of those, and no longer than what it answers.
        assertThat(pair.b.transmitted - before).isEqualTo(limit);
        // From one address only a few.
        pair.run(Duration.ofSeconds(40));
        assertThat(pair.b.endpoint.halfOpenIkeSas()).isZero();
        for (int i = 0; i < 100; i++) {
            first[7] = (byte) i;
            pair.b.receive(UdpAddress.of("198.18.0.1", 500), B, first.clone(), pair.clock.nowNanos());
        }
        assertThat(pair.b.endpoint.halfOpenIkeSas())
                .isEqualTo(EndpointConfig.HalfOpenLimits.defaults().maximumPerPrefix());
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void datagramsOfAnSaGoFirst() {
        EndpointPair pair = new EndpointPair(19);
        List<byte[]> sent = new ArrayList<>();
        pair.network.observe(d -> sent.add(d.payload()));
        pair.withTunnel(t -> t.ikev1(Phase1Mode.MAIN), t -> t.ikev1(Phase1Mode.MAIN));
        pair.awaitUp();
        byte[] first = sent.getFirst();
        byte[] last = sent.getLast();
        UdpAddress stranger = UdpAddress.of("198.18.0.1", 500);
        assertThat(pair.b.endpoint.precedence(last, 0, last.length, A)).isEqualTo(Precedence.KNOWN_SA);
        assertThat(pair.a.endpoint.precedence(last, 0, last.length, B)).isEqualTo(Precedence.KNOWN_SA);
        assertThat(pair.b.endpoint.precedence(first, 0, first.length, A)).isEqualTo(Precedence.CONFIGURED_PEER);
        assertThat(pair.b.endpoint.precedence(first, 0, first.length, stranger)).isEqualTo(Precedence.STRANGER);
        assertThat(pair.b.endpoint.isPeer(A)).isTrue();
        assertThat(pair.b.endpoint.isPeer(stranger)).isFalse();
        assertThat(pair.b.endpoint.doorkeeper().decide(new IkeDatagram(B, stranger, first), 0))
                .isInstanceOf(Doorkeeper.Decision.Admit.class);
    }
}
