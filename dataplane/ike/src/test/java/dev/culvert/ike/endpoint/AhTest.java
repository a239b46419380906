package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Child SAs of AH: protocol 2 in proposals, REKEY_SA and Delete (RFC 7296 §3.3.1, §3.10, §3.11). */
class AhTest {
    private static final Optional<String> CHILD = Optional.of(Tunnels.CHILD);

    @Test
    void isNegotiatedWithExtendedSequenceNumbersAndNoEncryptionKey() {
        EndpointPair pair = ah(1, "sha256-esn");
        // A --> B  HDR, SK {IDi, IDr, AUTH, SAi2 (AH), TSi, TSr}
        // A <-- B  HDR, SK {IDr, AUTH, SAr2 (AH), TSi, TSr}
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        for (Gateway gateway : pair.gateways) {
            ChildSaParameters p = gateway.pair(Tunnels.CHILD);
            assertThat(p.suite().protocol()).isEqualTo(SecurityProtocol.AH);
            assertThat(p.suite().keywords()).isEqualTo("sha256-esn");
            assertThat(p.encryptionKeyIn().length()).isZero();
            assertThat(p.integrityKeyIn().length()).isEqualTo(32);
            assertThat(p.carrier()).isEqualTo(Carrier.IP);
        }
        assertThat(pair.a.pair(Tunnels.CHILD).integrityKeyIn().bytes())
                .isEqualTo(pair.b.pair(Tunnels.CHILD).integrityKeyOut().bytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isRekeyedAndDeleted(boolean byA) {
        EndpointPair pair = ah(2, "sha384-x25519");
        pair.awaitUp();
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        // --> CREATE_CHILD_SA { N(REKEY_SA, AH), SA, Ni, KEi, TSi, TSr }
        // <-- CREATE_CHILD_SA { SA, Nr, KEr, TSi, TSr }
        // --> INFORMATIONAL { D (AH) }
        // <-- INFORMATIONAL { D (AH) }
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
        // --> INFORMATIONAL { D (AH) }
        // <-- INFORMATIONAL { D (AH) }
        (byA ? pair.a : pair.b).command(new Command.Terminate(Tunnels.NAME, CHILD));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
    }

    @Test
    void espIsNoAnswerToAh() {
        EndpointPair pair = new EndpointPair(3).withTunnel(t -> t.ah("sha256"), t -> t);
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(pair.a.installed).isEmpty();
    }

    /** RFC 3948 §1: AH does not go through a NAT; both sides say so rather than have a tunnel that carries nothing. */
    @Test
    void isRefusedByNameBehindANat() {
        EndpointPair pair = new EndpointPair(4);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, "198.51.100.1", "b.example", "a.example")
                .swapSelectors()
                .ah("sha256")
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .ah("sha256")
                .build()));
        pair.run(Duration.ofSeconds(3));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().message())
                .contains("AH, which cannot pass a NAT", "this end is behind");
        assertThat(pair.b.failure().orElseThrow().message())
                .contains("AH, which cannot pass a NAT", "the peer is behind");
    }

    private static EndpointPair ah(long seed, String proposal) {
        return new EndpointPair(seed).withTunnel(t -> t.ah(proposal), t -> t.ah(proposal));
    }
}
