package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Interceptor;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows when the ESP engine says that an SA's lifetime is over, softly or for good. */
class LifetimeTest {
    /**
     * A, whose sequence numbers or bytes come to their end, rekeys in time:
     *
     * <pre>
     * HDR, SK {N(REKEY_SA), SA, Ni, TSi, TSr}  --&gt;
     *                        &lt;--  HDR, SK {SA, Nr, TSi, TSr}
     * HDR, SK {D}  --&gt;
     *         &lt;--  HDR, SK {D}
     * </pre>
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void line48_softLimitsHaveTheChildRekeyedByEitherSide(boolean byInitiator) {
        EndpointPair pair = new EndpointPair(31).withTunnel();
        pair.awaitUp();
        Gateway side = byInitiator ? pair.a : pair.b;
        int before = side.pair(Tunnels.CHILD).spiIn();
        // Bytes and packets in both directions may end together: one rekeying is enough.
        expire(side, before, false);
        expire(side, before, false);
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(side.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
        assertThat(pair.a.everInstalled).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndOfAnSaIsFollowedByANewOne(boolean byInitiator) {
        EndpointPair pair = new EndpointPair(32).withTunnel(t -> t.close(CloseAction.START), t -> t);
        pair.awaitUp();
        Gateway side = byInitiator ? pair.a : pair.b;
        int before = side.pair(Tunnels.CHILD).spiIn();
        expire(side, before, true);
        pair.run(Duration.ofSeconds(8));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(side.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
        assertThat(side.removals).extracting(Output.RemoveChildSa::reason).contains(Output.RemovalReason.EXPIRED);
    }

    /** The rekeying that is out already replaces it: nothing is deleted before the heir is there. */
    @Test
    void anSaThatEndsWhileItIsRekeyedWaitsForItsHeir() {
        EndpointPair pair = new EndpointPair(33).withTunnel();
        pair.awaitUp();
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.network.intercept(lossUntil(pair, Duration.ofSeconds(3)));
        expire(pair.a, before, false);
        pair.run(Duration.ofSeconds(1));
        expire(pair.a, before, true);
        assertThat(pair.a.pairs(Tunnels.CHILD)).hasSize(1);
        pair.run(Duration.ofSeconds(10));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.everInstalled).hasSize(2);
    }

    /** A peer that refuses to rekey: the SA is made anew when its time is over, not kept dead for ever. */
    @Test
    void aPeerThatDoesNotRekeyDoesNotEndInABlackHole() {
        EndpointPair pair = new EndpointPair(34)
                .withTunnel(t -> t.childProposals("aes256gcm16-x25519"), t -> t.childProposals("aes256gcm16"));
        pair.awaitUp();
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        expire(pair.a, before, false);
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(before);
        expire(pair.a, before, true);
        pair.await(
                Duration.ofSeconds(10),
                () -> pair.a.pairs(Tunnels.CHILD).stream().anyMatch(p -> p.spiIn() != before));
        pair.run(Duration.ofSeconds(10));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        // Both sides' key exchanges are named, on both sides.
        assertThat(pair.a.audit)
                .extracting(AuditRecord::message)
                .anyMatch(m -> m.contains("NO_PROPOSAL_CHOSEN")
                        && m.contains("key exchange x25519")
                        && m.contains("perfect forward secrecy"));
        assertThat(pair.b.audit)
                .extracting(AuditRecord::message)
                .anyMatch(m -> m.contains("the peer offers key exchange x25519 and we no key exchange"));
    }

    @Test
    void anotherGroupAtTheFirstRekeyIsNamedToo() {
        EndpointPair pair = new EndpointPair(35)
                .withTunnel(t -> t.childProposals("aes256gcm16-x25519"), t -> t.childProposals("aes256gcm16-ecp256"));
        pair.awaitUp();
        expire(pair.b, pair.b.pair(Tunnels.CHILD).spiIn(), false);
        pair.run(Duration.ofSeconds(10));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.audit)
                .extracting(AuditRecord::message)
                .anyMatch(m -> m.contains("the peer offers key exchange ecp256 and we key exchange x25519"));
        assertThat(pair.b.audit)
                .extracting(AuditRecord::message)
                .anyMatch(m -> m.contains("for rekeying we offer key exchange ecp256"));
    }

    @Test
    void aChangedRekeyTimeHoldsForARunningSa() {
        EndpointPair pair = new EndpointPair(36).withTunnel();
        pair.awaitUp();
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .childTimes(Duration.ofMinutes(1), Duration.ofMinutes(2))
                .build()));
        pair.run(Duration.ofSeconds(30));
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(before);
        pair.run(Duration.ofSeconds(31));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
    }

    private static void expire(Gateway side, int spiIn, boolean hard) {
        side.command(new Command.Expire(Tunnels.NAME, Tunnels.CHILD, spiIn, hard));
    }

    private static Interceptor lossUntil(EndpointPair pair, Duration time) {
        long end = pair.clock.nowNanos() + time.toNanos();
        return datagram -> pair.clock.nowNanos() < end ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER;
    }
}
