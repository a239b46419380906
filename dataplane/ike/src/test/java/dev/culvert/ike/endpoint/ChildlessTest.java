package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IKE SAs that begin without a child SA (RFC 6023): the scenarios of strongSwan's suite {@code childless}, and more. */
class ChildlessTest {
    private static final String PFS = "aes128-sha256-modp3072";

    /** The child follows in CREATE_CHILD_SA, with a key exchange of its own. */
    @ParameterizedTest
    @EnumSource(
            value = Childless.class,
            names = {"PREFER", "FORCE"})
    void regular(Childless policy) {
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(t -> t.childProposals(PFS).childless(policy), t -> t.childProposals(PFS));
        // <-- IKE_SA_INIT { …, N(CHILDLESS_IKEV2_SUPPORTED) }
        // --> IKE_AUTH { IDi, IDr, AUTH }
        // <-- IKE_AUTH { IDr, AUTH }
        // --> CREATE_CHILD_SA { SA, Ni, KEi, TSi, TSr }
        // <-- CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr }
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(PFS);
        assertThat(pair.a.transmitted).isEqualTo(3);
    }

    @Test
    void regularManual() {
        EndpointPair pair = new EndpointPair(2)
                .withTunnel(
                        t -> t.childProposals(PFS).childless(Childless.FORCE).start(StartAction.TRAP),
                        t -> t.childProposals(PFS));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.transmitted).isZero();
        pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(5));
        pair.assertOneIkeSa();
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.transmitted).isEqualTo(2);
        pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(5));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).suite().keywords()).isEqualTo(PFS);
    }

    @Test
    void failureInit() {
        EndpointPair pair =
                new EndpointPair(3).withTunnel(t -> t.childless(Childless.FORCE), t -> t.childless(Childless.NEVER));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.failure().orElseThrow().message()).contains("childless: Force");
        assertThat(pair.a.everInstalled).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
    }

    @Test
    void failureResp() {
        EndpointPair pair =
                new EndpointPair(4).withTunnel(t -> t.childless(Childless.NEVER), t -> t.childless(Childless.FORCE));
        // --> IKE_AUTH { IDi, IDr, AUTH, SAi2, TSi, TSr }
        // <-- IKE_AUTH { N(INVALID_SYNTAX) }
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().notifyName()).contains("INVALID_SYNTAX");
        assertThat(pair.b.failure().orElseThrow().message()).contains("childless: Force");
        assertThat(pair.a.everInstalled).isEmpty();
        assertThat(pair.b.everInstalled).isEmpty();
        assertThat(pair.b.endpoint.establishedIkeSas()).isZero();
    }

    @Test
    void whoPrefersItBeginsWithAChildWhereThePeerCannot() {
        EndpointPair pair =
                new EndpointPair(5).withTunnel(t -> t.childless(Childless.PREFER), t -> t.childless(Childless.NEVER));
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.transmitted).isEqualTo(2);
    }

    /** Nothing is up but the IKE SA, and it is made anew: there is no child to bring along. */
    @Test
    void anIkeSaWithoutChildrenIsReauthenticatedWithoutAny() {
        EndpointPair pair = new EndpointPair(6)
                .withTunnel(
                        t -> t.close(CloseAction.NONE).start(StartAction.TRAP),
                        t -> t.close(CloseAction.NONE).start(StartAction.NONE));
        pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.awaitUp();
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(5));
        long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        assertThat(pair.a.installed).isEmpty();
        pair.a.command(new Command.Reauthenticate(Tunnels.NAME));
        pair.run(Duration.ofSeconds(20));
        pair.assertOneIkeSa();
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.everInstalled).hasSize(1);
    }
}
