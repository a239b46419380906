package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.wire.Carrier;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** IKE_SA_INIT, IKE_AUTH and INFORMATIONAL between two endpoints on a good network. */
class EstablishTest {
    @Test
    void bringsUpTheTunnelInFourMessages() {
        EndpointPair pair = new EndpointPair(1).withTunnel();
        // A --> B  HDR, SAi1, KEi, Ni, N(NAT_DETECTION_*)
        // A <-- B  HDR, SAr1, KEr, Nr, N(NAT_DETECTION_*)
        // A --> B  HDR, SK {IDi, N(INITIAL_CONTACT), IDr, AUTH, SAi2, TSi, TSr}
        // A <-- B  HDR, SK {IDr, AUTH, SAr2, TSi, TSr}
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.transmitted).isEqualTo(2);
        assertThat(pair.b.transmitted).isEqualTo(2);
        assertThat(pair.a.status().failure()).isEmpty();
        assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo("aes256gcm16-prfsha384-x25519");
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.IP);
    }

    @Test
    void terminateDeletesTheIkeSaOnBothSides() {
        EndpointPair pair = new EndpointPair(2).withTunnel();
        pair.awaitUp();
        // A --> B  HDR, SK {D}
        // A <-- B  HDR, SK {}
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(60));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        assertThat(pair.b.status().state()).isEqualTo(TunnelStatus.State.IDLE);
        assertThat(pair.a.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(pair.b.endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void wrongPreSharedKeyIsAuthenticationFailedOnBothSidesAndHealsByPutTunnel() {
        EndpointPair pair = new EndpointPair(3).withTunnel(t -> t.psk("quite another secret, isn't it"), t -> t);
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.failure().orElseThrow().notifyName()).contains("AUTHENTICATION_FAILED");
        assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.installed).isEmpty();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .build()));
        pair.await(Duration.ofSeconds(1), () -> !pair.a.installed.isEmpty());
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.b.failure()).isEmpty();
    }
}
