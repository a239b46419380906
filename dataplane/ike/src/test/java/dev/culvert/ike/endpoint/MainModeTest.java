package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.LinkConditions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Main mode and aggressive mode of IKEv1 between two endpoints (RFC 2409 §5), each in both roles. */
class MainModeTest {
    private static EndpointPair up(long seed, Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(seed).withTunnel(t -> t.ikev1(mode), t -> t.ikev1(mode));
        pair.awaitUp();
        return pair;
    }

    @Test
    void bringsUpTheTunnelInNineMessages() {
        // A --> B  HDR, SA, VID...
        // A <-- B  HDR, SA, VID...
        // A --> B  HDR, KE, Ni, NAT-D, NAT-D
        // A <-- B  HDR, KE, Nr, NAT-D, NAT-D
        // A --> B  HDR*, IDii, HASH_I, N(INITIAL-CONTACT)
        // A <-- B  HDR*, IDir, HASH_R
        // A --> B  HDR*, HASH(1), SA, Ni, IDci, IDcr
        // A <-- B  HDR*, HASH(2), SA, Nr, IDci, IDcr
        // A --> B  HDR*, HASH(3)
        EndpointPair pair = up(1, Phase1Mode.MAIN);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.transmitted).as(pair.journal()).isEqualTo(5);
        assertThat(pair.b.transmitted).as(pair.journal()).isEqualTo(4);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.b.failure()).isEmpty();
        assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo("aes256-sha256-modp2048");
    }

    @Test
    void aggressiveModeTakesThreeMessagesAndWarns() {
        // A --> B  HDR, SA, KE, Ni, IDii, VID...
        // A <-- B  HDR, SA, KE, Nr, IDir, NAT-D, NAT-D, VID..., HASH_R
        // A --> B  HDR*, HASH_I, NAT-D, NAT-D, N(INITIAL-CONTACT)
        // A --> B  HDR*, HASH(1), SA, Ni, IDci, IDcr
        // A <-- B  HDR*, HASH(2), SA, Nr, IDci, IDcr
        // A --> B  HDR*, HASH(3)
        EndpointPair pair = up(2, Phase1Mode.AGGRESSIVE);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.transmitted).as(pair.journal()).isEqualTo(4);
        assertThat(pair.b.transmitted).as(pair.journal()).isEqualTo(2);
        assertThat(pair.b.count(AuditEvent.WEAK_AUTHENTICATION)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void terminateDeletesAllOnBothSides(Phase1Mode mode) {
        EndpointPair pair = up(3, mode);
        // A --> B  HDR*, HASH, D(ESP)
        // A --> B  HDR*, HASH, D(ISAKMP)
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofMinutes(5));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        assertThat(pair.b.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        assertThat(pair.a.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(pair.b.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void comesUpOverABadNetwork(long seed) {
        Phase1Mode mode = seed % 2 == 0 ? Phase1Mode.MAIN : Phase1Mode.AGGRESSIVE;
        EndpointPair pair = new EndpointPair(seed);
        pair.network.conditions(LinkConditions.GOOD
                .withLoss(0.3)
                .withDuplication(0.3)
                .withReordering(0.3)
                .withJitter(Duration.ofMillis(40)));
        pair.withTunnel(t -> t.ikev1(mode), t -> t.ikev1(mode));
        pair.await(Duration.ofMinutes(5), () -> !pair.a.installed.isEmpty() && !pair.b.installed.isEmpty());
        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofMinutes(5));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48, 49, 50})
    void bothBeginAtOnceAndOneSaStays(long seed) {
        Phase1Mode mode = seed % 2 == 0 ? Phase1Mode.MAIN : Phase1Mode.AGGRESSIVE;
        EndpointPair pair = new EndpointPair(seed)
                .withTunnel(t -> t.ikev1(mode), t -> t.ikev1(mode).start(StartAction.START));
        pair.awaitUp();
        pair.run(Duration.ofMinutes(5));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aWrongPreSharedKeyIsShownOnBothSidesAndHealsByPutTunnel() {
        EndpointPair pair = new EndpointPair(4)
                .withTunnel(
                        t -> t.ikev1(Phase1Mode.MAIN).psk("quite another secret, isn't it"),
                        t -> t.ikev1(Phase1Mode.MAIN));
        pair.run(Duration.ofSeconds(2));
        // A --> B  HDR*, ... by another key
        // A <-- B  HDR, N(PAYLOAD-MALFORMED)
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.failure().orElseThrow().message()).contains("pre-shared key");
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.b.failure().orElseThrow().message()).contains("pre-shared key");
        assertThat(pair.a.installed).isEmpty();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.MAIN)
                .build()));
        pair.await(Duration.ofSeconds(20), () -> !pair.a.installed.isEmpty());
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.b.failure()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void aWrongIdentityIsRefusedAndSaidOnBothSides(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(5)
                .withTunnel(t -> t.ikev1(mode).ids("intruder.example", "b.example"), t -> t.ikev1(mode));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.b.failure().orElseThrow().message()).contains("intruder.example");
        assertThat(pair.a.installed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void aPeerThatProvesToBeSomebodyElseIsRefused(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(6)
                .withTunnel(t -> t.ikev1(mode).ids("a.example", "other.example"), t -> t.ikev1(mode));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().message())
                .contains("b.example")
                .contains("other.example");
        // A --> B  HDR*, HASH, N(AUTHENTICATION-FAILED), D
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void noCommonProposalShowsBothSides(Phase1Mode mode) {
        EndpointPair pair = new EndpointPair(7)
                .withTunnel(
                        t -> t.ikev1(mode).ikeProposals("aes128-sha1-modp2048"),
                        t -> t.ikev1(mode).ikeProposals("aes256-sha512-modp3072"));
        pair.run(Duration.ofSeconds(5));
        // A <-- B  HDR, N(NO-PROPOSAL-CHOSEN)
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.failure().orElseThrow().message()).contains("aes128-sha1-modp2048");
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.b.failure().orElseThrow().message())
                .contains("aes128-sha1-modp2048")
                .contains("aes256-sha512-modp3072");
        // A notify in the clear ends nothing.
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.CONNECTING);
    }

    @Test
    void aResponderRefusesAggressiveModeUnlessTheTunnelAsksForIt() {
        EndpointPair pair =
                new EndpointPair(8).withTunnel(t -> t.ikev1(Phase1Mode.AGGRESSIVE), t -> t.ikev1(Phase1Mode.MAIN));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.failure().orElseThrow().message()).contains("ike.mode: Aggressive");
        assertThat(pair.b.endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void aResponderOfAggressiveModeTakesMainModeToo() {
        EndpointPair pair =
                new EndpointPair(9).withTunnel(t -> t.ikev1(Phase1Mode.MAIN), t -> t.ikev1(Phase1Mode.AGGRESSIVE));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @ParameterizedTest
    @EnumSource(Phase1Mode.class)
    void aNewPhaseOneTakesThePlaceOfTheOldWithoutTouchingPairs(Phase1Mode mode) {
        EndpointPair pair =
                new EndpointPair(10).withTunnel(t -> t.ikev1(mode).rekeyTime(Duration.ofHours(1)), t -> t.ikev1(mode));
        pair.awaitUp();
        long first = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        pair.run(Duration.ofMinutes(61));
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(first);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSize(1);
        assertThat(pair.a.removals).isEmpty();
        assertThat(pair.b.removals).isEmpty();
    }

    @Test
    void anIkeV2TunnelBecomesOneOfIkeV1AndBack() {
        EndpointPair pair = new EndpointPair(31).withTunnel();
        pair.awaitUp();
        for (int i = 0; i < 2; i++) {
            Tunnels forA = Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example");
            Tunnels forB = Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                    .swapSelectors()
                    .start(StartAction.NONE);
            if (i == 0) {
                forA.ikev1(Phase1Mode.MAIN);
                forB.ikev1(Phase1Mode.MAIN);
            }
            pair.b.command(new Command.PutTunnel(forB.build()));
            pair.a.command(new Command.PutTunnel(forA.build()));
            pair.run(Duration.ofMinutes(5));
            pair.assertOneIkeSa();
            pair.assertOnePair(Tunnels.CHILD);
        }
    }

    @Test
    void aChangedConfigurationLeavesAloneWhatItLeavesAlone() {
        EndpointPair pair = up(32, Phase1Mode.MAIN);
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        // Liveness checks: the SA and the pair stay.
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.MAIN)
                .dpd(Duration.ofSeconds(10), Duration.ZERO, DpdConfig.Action.RESTART)
                .build()));
        assertThat(pair.a.applied.getLast().effect()).isEqualTo(ConfigurationEffect.KEPT);
        pair.run(Duration.ofSeconds(30));
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(spi);
        // Another mode: all is made anew, by who begins.
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .ikev1(Phase1Mode.AGGRESSIVE)
                .swapSelectors()
                .start(StartAction.NONE)
                .remotes()
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ikev1(Phase1Mode.AGGRESSIVE)
                .build()));
        assertThat(pair.a.applied.getLast().effect()).isEqualTo(ConfigurationEffect.INTERRUPTED);
        pair.run(Duration.ofMinutes(2));
        assertThat(pair.b.count(AuditEvent.WEAK_AUTHENTICATION)).isPositive();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }
}
