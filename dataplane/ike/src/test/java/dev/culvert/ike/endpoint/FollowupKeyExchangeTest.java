package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.testkit.LinkConditions;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Additional key exchanges behind CREATE_CHILD_SA (RFC 9370 §2.2.4). */
class FollowupKeyExchangeTest {
    private static final Optional<String> CHILD = Optional.of(Tunnels.CHILD);
    private static final String IKE = "aes256gcm16-prfsha384-x25519-ke1_mlkem768";
    private static final String ESP = "aes256gcm16-x25519-ke1_mlkem768";

    private static EndpointPair up(long seed, String ike, String esp) {
        EndpointPair pair = new EndpointPair(seed)
                .withTunnel(
                        t -> t.ikeProposals(ike).childProposals(esp).close(CloseAction.START),
                        t -> t.ikeProposals(ike).childProposals(esp).close(CloseAction.START));
        pair.awaitUp();
        return pair;
    }

    // --> CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, KEi, TSi, TSr }
    // <-- CREATE_CHILD_SA { SA, Nr, KEr, N(ADDITIONAL_KEY_EXCHANGE), TSi, TSr }
    // --> IKE_FOLLOWUP_KE { KEi(1), N(ADDITIONAL_KEY_EXCHANGE) }
    // <-- IKE_FOLLOWUP_KE { KEr(1) [, N(ADDITIONAL_KEY_EXCHANGE)] } …
    // --> INFORMATIONAL { D }
    // <-- INFORMATIONAL { D }
    @ParameterizedTest
    @CsvSource({
        "true, aes256gcm16-x25519-ke1_mlkem768",
        "false, aes256gcm16-x25519-ke1_mlkem768",
        "true, aes128-sha256-ecp256-ke1_mlkem1024-ke2_x25519-ke5_mlkem512",
        "false, aes128-sha256-ecp256-ke1_mlkem1024-ke2_x25519-ke5_mlkem512",
    })
    void rekeysAChild(boolean byA, String esp) {
        EndpointPair pair = up(1, IKE, esp);
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(esp);
        assertThat(pair.a.everInstalled).hasSize(2);
        assertThat(pair.b.everInstalled).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "true, aes256gcm16-prfsha384-x25519-ke1_mlkem768",
        "false, aes256gcm16-prfsha384-x25519-ke1_mlkem768",
        "true, aes256-sha256-modp2048-ke2_mlkem1024-ke3_ecp384",
        "false, aes256-sha256-modp2048-ke2_mlkem1024-ke3_ecp384",
    })
    void rekeysTheIkeSa(boolean byA, String ike) {
        EndpointPair pair = up(2, ike, "aes256gcm16");
        for (int i = 0; i < 2; i++) {
            long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
            (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
            pair.run(Duration.ofSeconds(2));
            pair.assertOneIkeSa();
            pair.assertOnePair(Tunnels.CHILD);
            assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
            assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo(ike);
        }
        // the new keys are the same on both sides
        pair.b.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aChildlessStartMakesTheFirstChildWithAdditionalKeyExchanges() {
        EndpointPair pair = new EndpointPair(3)
                .withTunnel(
                        t -> t.ikeProposals(IKE).childProposals(ESP).childless(Childless.FORCE),
                        t -> t.ikeProposals(IKE).childProposals(ESP));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(ESP);
    }

    /** The nonces decide at once, before anything is made that would have to be deleted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rekeyingsOfTheSameChildThatCollideEndInOnePair(long seed) {
        EndpointPair pair = up(seed, IKE, ESP);
        pair.a.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.b.command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSize(2);
        assertThat(pair.b.everInstalled).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rekeyingsOfTheIkeSaThatCollideEndInOneIkeSa(long seed) {
        EndpointPair pair = up(seed, IKE, ESP);
        long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
        assertThat(pair.a.count(AuditEvent.IKE_SA_REKEYED)).isEqualTo(1);
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rekeyingsOverABadPathEndInOneTunnel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EndpointPair pair = up(seed, random.nextBoolean() ? IKE : IKE + "-ke2_mlkem512", ESP);
        pair.network.conditions(LinkConditions.GOOD
                .withMtu(1280)
                .withLoss(random.nextDouble(0.3))
                .withDuplication(random.nextDouble(0.3))
                .withReordering(random.nextDouble(0.3))
                .withJitter(Duration.ofMillis(random.nextInt(50))));
        for (int i = 0; i < 10; i++) {
            pair.run(Duration.ofMillis(random.nextInt(6_000)));
            (random.nextBoolean() ? pair.a : pair.b)
                    .command(new Command.Rekey(Tunnels.NAME, random.nextBoolean() ? CHILD : Optional.empty()));
        }
        pair.network.conditions(LinkConditions.GOOD);
        pair.run(Duration.ofMinutes(8));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.installed).hasSize(1);
        assertThat(pair.b.installed).hasSize(1);
    }

    @Test
    void linkDataThatIsUnknownOrMissingIsStateNotFound() {
        ScriptedPeer peer = new ScriptedPeer().establish();
        KePayload ke = new KePayload(36, Bytes.of(new byte[1184]));
        peer.say(
                peer.request(ExchangeType.IKE_FOLLOWUP_KE, 2),
                ke,
                NotifyPayload.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, Bytes.utf8("never heard of")));
        peer.say(peer.request(ExchangeType.IKE_FOLLOWUP_KE, 3), ke);
        assertThat(peer.heard()).hasSize(2).allMatch(answer -> answer.has(NotifyType.STATE_NOT_FOUND));
        assertThat(peer.endpoint.establishedIkeSas()).isEqualTo(1);
        assertThat(peer.installed).hasSize(1);
    }
}
