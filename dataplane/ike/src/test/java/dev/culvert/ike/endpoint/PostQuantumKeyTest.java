package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Post-quantum pre-shared keys (RFC 8784). */
class PostQuantumKeyTest {
    private static final String SECRET = "thirty-two octets of the very best randomness";

    private static Tunnels with(Tunnels tunnel, String ppk) {
        return switch (ppk) {
            case "none" -> tunnel;
            case "optional" -> tunnel.postQuantumKey("branch", SECRET, false);
            case "required" -> tunnel.postQuantumKey("branch", SECRET, true);
            case "other id" -> tunnel.postQuantumKey("office", SECRET, false);
            case "other id, required" -> tunnel.postQuantumKey("office", SECRET, true);
            case "other secret" -> tunnel.postQuantumKey("branch", "not the same secret as on the other side", false);
            default -> throw new IllegalArgumentException(ppk);
        };
    }

    // --> IKE_SA_INIT { …, N(USE_PPK) }
    // <-- IKE_SA_INIT { …, N(USE_PPK) }
    // --> IKE_AUTH { IDi, AUTH, N(PPK_IDENTITY), [N(NO_PPK_AUTH),] SAi2, TSi, TSr }
    // <-- IKE_AUTH { IDr, AUTH, N(PPK_IDENTITY), SAr2, TSi, TSr }
    @ParameterizedTest
    @CsvSource({
        "optional, optional",
        "required, required",
        "optional, required",
        "required, optional",
        // without: the responder does not say USE_PPK, or takes NO_PPK_AUTH
        "none, none",
        "none, optional",
        "optional, none",
        "optional, other id",
    })
    void comesUp(String ofA, String ofB) {
        EndpointPair pair = new EndpointPair(1).withTunnel(t -> with(t, ofA), t -> with(t, ofB));
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(2));
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @ParameterizedTest
    @CsvSource({
        "required, none",
        "none, required",
        "required, other id",
        "optional, 'other id, required'",
        "optional, other secret",
        "other secret, required",
    })
    void staysDownAndSaysWhy(String ofA, String ofB) {
        EndpointPair pair = new EndpointPair(2).withTunnel(t -> with(t, ofA), t -> with(t, ofB));
        pair.run(Duration.ofSeconds(40));
        assertThat(pair.a.everInstalled).isEmpty();
        assertThat(pair.b.everInstalled).isEmpty();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.a.log() + pair.b.log()).doesNotContain(SECRET);
    }

    @Test
    void aChangedKeyIsTakenUpByANewIkeSa() {
        EndpointPair pair = new EndpointPair(3).withTunnel();
        pair.awaitUp();
        long before = pair.a.status().ikeSa().orElseThrow().spiInitiator();
        pair.b.command(new Command.PutTunnel(
                with(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example"), "optional")
                        .swapSelectors()
                        .start(StartAction.NONE)
                        .build()));
        pair.a.command(new Command.PutTunnel(
                with(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example"), "required")
                        .build()));
        pair.run(Duration.ofSeconds(20));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.status().ikeSa().orElseThrow().spiInitiator()).isNotEqualTo(before);
    }
}
