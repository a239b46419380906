package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** N(USE_TRANSPORT_MODE), RFC 7296 §1.3.1, and its traffic selectors through a NAT, §2.23.1. */
class TransportModeTest {
    private static final Optional<String> CHILD = Optional.of(Tunnels.CHILD);
    private static final String PUBLIC = "198.51.100.1";
    private static final Duration SHORT = Duration.ofSeconds(3);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isAgreedOnAndKeptInRekeying(boolean byA) {
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(
                        t -> t.transport(EndpointPair.A, EndpointPair.B),
                        t -> t.transport(EndpointPair.B, EndpointPair.A));
        // A --> B  HDR, SK {IDi, IDr, AUTH, N(USE_TRANSPORT_MODE), SAi2, TSi, TSr}
        // A <-- B  HDR, SK {IDr, AUTH, N(USE_TRANSPORT_MODE), SAr2, TSi, TSr}
        pair.awaitUp();
        assertTransport(pair, EndpointPair.A, EndpointPair.B, false);
        rekey(pair, byA);
        assertTransport(pair, EndpointPair.A, EndpointPair.B, false);
    }

    @Test
    void aPeerThatAnswersWithTunnelModeIsToldAndNamed() {
        EndpointPair pair = new EndpointPair(2)
                .withTunnel(
                        t -> t.transport(EndpointPair.A, EndpointPair.B),
                        t -> t.selectors(List.of(EndpointPair.B), List.of(EndpointPair.A)));
        // A <-- B  HDR, SK {IDr, AUTH, SAr2, TSi, TSr}
        // A --> B  INFORMATIONAL { D (ESP) }
        pair.run(SHORT);
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().message())
                .contains("declined transport mode for child 'net'", "without USE_TRANSPORT_MODE");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theInitiatorMayBeBehindANatOfItsOwn(boolean byA) {
        EndpointPair pair = new EndpointPair(3);
        ownAddress(pair);
        // A --> B  TSi = 192.0.2.1, which B sees as 198.51.100.1; TSr = 192.0.2.2
        // A <-- B  TSi = 192.0.2.1 again
        put(pair, PUBLIC, EndpointPair.B, UnaryOperator.identity());
        pair.awaitUp();
        assertTransport(pair, PUBLIC, EndpointPair.B, true);
        rekey(pair, byA);
        assertTransport(pair, PUBLIC, EndpointPair.B, true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theResponderMayBeBehindANatOfItsOwn(boolean byA) {
        EndpointPair pair = new EndpointPair(4);
        NatDevice nat = pair.network.addNat(IpAddress.parse(PUBLIC), pair.b.address);
        nat.forward(500, new UdpAddress(pair.b.address, 500));
        nat.forward(4500, new UdpAddress(pair.b.address, 4500));
        // A --> B  TSi = 192.0.2.1, TSr = 198.51.100.1, which B knows as 192.0.2.2
        // A <-- B  TSr = 198.51.100.1 again
        put(pair, EndpointPair.A, PUBLIC, UnaryOperator.identity());
        pair.awaitUp();
        assertTransport(pair, EndpointPair.A, PUBLIC, true);
        rekey(pair, byA);
        assertTransport(pair, EndpointPair.A, PUBLIC, true);
    }

    /** RFC 3948 §5.2: two hosts behind one address would be one to the responder. */
    @Test
    void aNatThatTranslatesPortsIsRefusedWithTheReason() {
        EndpointPair pair = new EndpointPair(5);
        pair.network.addNat(IpAddress.parse(PUBLIC), pair.a.address);
        put(pair, PUBLIC, EndpointPair.B, UnaryOperator.identity());
        // A <-- B  HDR, SK {IDr, AUTH, N(NO_PROPOSAL_CHOSEN)}
        pair.run(SHORT);
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().message())
                .contains("refused child 'net' in transport mode", "this end is behind a NAT");
        assertThat(pair.b.failure().orElseThrow().message())
                .contains("child 'net' is in transport mode", "behind a NAT that translates ports");
    }

    @Test
    void aNatIsNotPassedWithoutUdp() {
        EndpointPair pair = new EndpointPair(6);
        ownAddress(pair);
        put(pair, PUBLIC, EndpointPair.B, t -> t.encapsulation(Encapsulation.NEVER));
        pair.run(SHORT);
        assertThat(pair.b.installed).isEmpty();
        assertThat(pair.b.failure().orElseThrow().message()).contains("in UDP only", "encapsulation is Never");
    }

    /** Puts A behind a NAT of one address to one. */
    private static void ownAddress(EndpointPair pair) {
        NatDevice nat = pair.network.addNat(IpAddress.parse(PUBLIC), pair.a.address);
        nat.preservesPorts(true);
    }

    /** Each end's tunnel, with the peer at the address that it sees. */
    private static void put(EndpointPair pair, String aSeen, String bSeen, UnaryOperator<Tunnels> both) {
        pair.b.command(new Command.PutTunnel(both.apply(Tunnels.of(EndpointPair.B, aSeen, "b.example", "a.example")
                        .transport(EndpointPair.B, aSeen)
                        .start(StartAction.NONE))
                .build()));
        pair.a.command(new Command.PutTunnel(both.apply(Tunnels.of(EndpointPair.A, bSeen, "a.example", "b.example")
                        .transport(EndpointPair.A, bSeen))
                .build()));
    }

    private static void rekey(EndpointPair pair, boolean byA) {
        int before = pair.a.pair(Tunnels.CHILD).spiIn();
        (byA ? pair.a : pair.b).command(new Command.Rekey(Tunnels.NAME, CHILD));
        pair.run(SHORT);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isNotEqualTo(before);
    }

    private static void assertTransport(EndpointPair pair, String aSeen, String bSeen, boolean udp) {
        assertEnd(pair.a.pair(Tunnels.CHILD), EndpointPair.A, bSeen, udp);
        assertEnd(pair.b.pair(Tunnels.CHILD), EndpointPair.B, aSeen, udp);
        assertThat(pair.a.pair(Tunnels.CHILD).spiOut())
                .isEqualTo(pair.b.pair(Tunnels.CHILD).spiIn());
    }

    private static void assertEnd(ChildSaParameters p, String local, String remote, boolean udp) {
        assertThat(p.mode()).isEqualTo(IpsecMode.TRANSPORT);
        assertThat(p.local()).containsExactly(TrafficSelector.parse(local));
        assertThat(p.remote()).containsExactly(TrafficSelector.parse(remote));
        assertThat(p.carrier()).isEqualTo(udp ? Carrier.UDP : Carrier.IP);
    }
}
