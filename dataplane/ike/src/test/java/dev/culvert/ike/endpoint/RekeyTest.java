package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.LinkConditions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CREATE_CHILD_SA from either side (RFC 7296 §1.3, §2.8). */
class RekeyTest {
    private static final Optional<String> CHILD = Optional.of(Tunnels.CHILD);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rekeysAChildWithoutPfs(boolean byA) {
        EndpointPair pair = new EndpointPair(1).withTunnel();
        pair.awaitUp();
        ChildSaParameters before = pair.a.pair(Tunnels.CHILD);
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }
        // <-- CREATE_CHILD_SA { SA, Nr, TSi, TSr }
        // --> INFORMATIONAL { D }
        // <-- INFORMATIONAL { D }
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        ChildSaParameters after = pair.a.pair(Tunnels.CHILD);
        assertThat(after.spiIn()).isNotEqualTo(before.spiIn());
        assertThat(after.encryptionKeyIn().bytes())
                .isNotEqualTo(before.encryptionKeyIn().bytes());
        assertThat(after.replacesSpiIn()).contains(before.spiIn());
        assertThat(after.initiator()).isEqualTo(byA);
        assertThat(pair.a.removals)
                .extracting(Output.RemoveChildSa::reason)
                .containsExactly(Output.RemovalReason.REKEYED);
        assertThat(pair.b.removals)
                .extracting(Output.RemoveChildSa::reason)
                .containsExactly(Output.RemovalReason.REKEYED);
        assertThat(pair.a.transmitted + pair.b.transmitted).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rekeysAChildWithPfs(boolean byA) {
        EndpointPair pair = new EndpointPair(2)
                .withTunnel(
                        t -> t.childProposals("aes128-sha256-ecp256"), t -> t.childProposals("aes128-sha256-ecp256"));
        pair.awaitUp();
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keyExchange()).isEmpty();
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr }
        // <-- CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr }
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo("aes128-sha256-ecp256");
    }

    @Test
    void pfsGroupsThatDifferInOrderAreSettledByInvalidKePayload() {
        EndpointPair pair = new EndpointPair(3)
                .withTunnel(
                        t -> t.childProposals("aes128-sha256-ecp256-x25519"),
                        t -> t.childProposals("aes128-sha256-x25519"));
        pair.awaitUp();
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi(ecp256), TSi, TSr }
        // <-- CREATE_CHILD_SA { N(INVALID_KE_PAYLOAD, x25519) }
        // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi(x25519), TSi, TSr }
        pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo("aes128-sha256-x25519");
    }

    @Test
    void pfsThatDiffersKeepsTheOldPairAndSaysWhy() {
        EndpointPair pair = new EndpointPair(4)
                .withTunnel(
                        t -> t.childProposals("aes128-sha256-ecp256"), t -> t.childProposals("aes128-sha256-x25519"));
        pair.awaitUp();
        pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.failure().orElseThrow().message()).contains("aes128-sha256-ecp256");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rekeysTheIkeSaAndKeepsTheChildren(boolean byA) {
        EndpointPair pair = new EndpointPair(5).withTunnel();
        pair.awaitUp();
        long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        int child = pair.a.pair(Tunnels.CHILD).spiIn();
        // --> CREATE_CHILD_SA { SA, Ni, KEi }
        // <-- CREATE_CHILD_SA { SA, Nr, KEr }
        // --> INFORMATIONAL { D }
        // <-- INFORMATIONAL { }
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
        assertThat(pair.a.status().ikeSa().orElseThrow().initiator()).isEqualTo(byA);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(child);
        assertThat(pair.a.removals).isEmpty();
        // The heir's keys work both ways, and its children can be rekeyed.
        pair.b.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(20));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void bothSidesRekeyAChildAtOnce() {
        for (int seed = 0; seed < 20; seed++) {
            EndpointPair pair = new EndpointPair(seed).withTunnel();
            pair.awaitUp();
            pair.network.conditions(LinkConditions.GOOD.withJitter(Duration.ofMillis(15)));
            pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
            pair.b.command(new Command.Rekey(Tunnels.NAME, CHILD));
            pair.run(Duration.ofSeconds(40));
            pair.assertOneIkeSa();
            pair.assertOnePair(Tunnels.CHILD);
            assertThat(pair.a.everInstalled).hasSize(3);
            assertThat(pair.a.count(AuditEvent.IKE_SA_CLOSED)).isZero();
        }
    }

    @Test
    void bothSidesRekeyTheIkeSaAtOnce() {
        for (int seed = 0; seed < 20; seed++) {
            EndpointPair pair = new EndpointPair(seed).withTunnel();
            pair.awaitUp();
            pair.network.conditions(LinkConditions.GOOD.withJitter(Duration.ofMillis(15)));
            pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
            pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
            pair.run(Duration.ofSeconds(40));
            pair.assertOneIkeSa();
            pair.assertOnePair(Tunnels.CHILD);
            assertThat(pair.a.removals).isEmpty();
            pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
            pair.run(Duration.ofSeconds(2));
            pair.assertOnePair(Tunnels.CHILD);
        }
    }

    @Test
    void softLifetimesRekeyAndHardOnesNeverStrike() {
        EndpointPair pair = new EndpointPair(6)
                .withTunnel(
                        t -> t.childTimes(Duration.ofMinutes(10), Duration.ofMinutes(11))
                                .rekeyTime(Duration.ofHours(1)),
                        t -> t.childTimes(Duration.ofMinutes(10), Duration.ofMinutes(11))
                                .rekeyTime(Duration.ofHours(1)));
        pair.awaitUp();
        pair.run(Duration.ofHours(5));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.removals)
                .extracting(Output.RemoveChildSa::reason)
                .containsOnly(Output.RemovalReason.REKEYED)
                .hasSizeBetween(29, 60);
        assertThat(pair.a.count(AuditEvent.IKE_SA_REKEYED)).isBetween(4L, 11L);
    }

    @Test
    void expireOfTheEngineRekeysOrDeletes() {
        EndpointPair pair = new EndpointPair(7).withTunnel();
        pair.awaitUp();
        int first = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.command(new Command.Expire(Tunnels.NAME, Tunnels.CHILD, first, false));
        pair.run(Duration.ofSeconds(2));
        int second = pair.a.pair(Tunnels.CHILD).spiIn();
        assertThat(second).isNotEqualTo(first);
        pair.a.command(new Command.Expire(Tunnels.NAME, Tunnels.CHILD, second, true));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(second);
    }

    @Test
    void furtherChildrenComeUpOnTheSameIkeSa() {
        ChildConfig second = Tunnels.child("voice", "10.3.0.0/16", "10.4.0.0/16", "aes256gcm16-x25519");
        ChildConfig mirrored = Tunnels.child("voice", "10.4.0.0/16", "10.3.0.0/16", "aes256gcm16-x25519");
        EndpointPair pair = new EndpointPair(8).withTunnel(t -> t.addChild(second), t -> t.addChild(mirrored));
        pair.await(Duration.ofSeconds(10), () -> pair.a.installed.size() == 2 && pair.b.installed.size() == 2);
        pair.run(Duration.ofSeconds(10));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        pair.assertOnePair("voice");
        // One came with IKE_AUTH, without a key exchange of its own; the other by CREATE_CHILD_SA.
        assertThat(List.of(pair.a.pair(Tunnels.CHILD), pair.a.pair("voice")))
                .extracting(p -> p.suite().keywords())
                .contains("aes256gcm16");
        assertThat(pair.a.status().children()).hasSize(2);
        assertThat(pair.a.status().children())
                .extracting(TunnelStatus.ChildStatus::state)
                .containsOnly(TunnelStatus.ChildState.INSTALLED);
        assertThat(pair.a.pair("voice").local()).isEqualTo(List.copyOf(second.localSelectors()));
    }

    @Test
    void reauthenticationMakesBeforeItBreaks() {
        EndpointPair pair = new EndpointPair(9).withTunnel();
        pair.awaitUp();
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.command(new Command.Reauthenticate(Tunnels.NAME));
        for (int i = 0; i < 400; i++) {
            pair.run(Duration.ofMillis(5));
            assertThat(pair.a.sending).containsKey(Tunnels.CHILD);
            assertThat(pair.b.sending).containsKey(Tunnels.CHILD);
        }
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
    }
}
