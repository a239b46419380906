package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ten idle minutes, without liveness checks, before NATs that forget in half a minute what nobody uses: keepalives, from
 * behind a NAT only (RFC 3948 §4), keep every mapping, so that either side reaches the other when it has something to say.
 */
class NatIdleTest {
    private static final Duration NAT_MEMORY = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final String LEFT_NAT = "198.51.100.1";
    private static final String RIGHT_NAT = "198.51.100.2";

    /** Who is behind a NAT. A begins but where only B is hidden, since nobody outside can. */
    enum Row {
        NONE(false, false),
        LEFT(true, false),
        RIGHT(false, true),
        BOTH(true, true);

        private final boolean hidesA;
        private final boolean hidesB;

        Row(boolean hidesA, boolean hidesB) {
            this.hidesA = hidesA;
            this.hidesB = hidesB;
        }
    }

    @ParameterizedTest
    @EnumSource
    void eitherSideReachesTheOtherAfterTenIdleMinutes(Row row) {
        EndpointPair pair = new EndpointPair(21);
        if (row.hidesA) {
            nat(pair, LEFT_NAT, pair.a);
        }
        if (row.hidesB) {
            NatDevice nat = nat(pair, RIGHT_NAT, pair.b);
            if (row.hidesA) {
                nat.forward(500, UdpAddress.of(EndpointPair.B, 500));
                nat.forward(4500, UdpAddress.of(EndpointPair.B, 4500));
            }
        }
        boolean bBegins = row == Row.RIGHT;
        Tunnels ofA = tunnel(EndpointPair.A, row.hidesB ? RIGHT_NAT : EndpointPair.B, "a.example", "b.example");
        Tunnels ofB = tunnel(EndpointPair.B, row.hidesA ? LEFT_NAT : EndpointPair.A, "b.example", "a.example");
        ofB.swapSelectors();
        (bBegins ? ofA : ofB).start(StartAction.NONE);
        pair.a.command(new Command.PutTunnel(ofA.build()));
        pair.b.command(new Command.PutTunnel(ofB.build()));
        pair.await(Duration.ofSeconds(30), () -> pair.a.isEstablished() && pair.b.isEstablished());
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(row == Row.NONE ? Carrier.IP : Carrier.UDP);

        int transmittedByA = pair.a.transmitted;
        int transmittedByB = pair.b.transmitted;
        pair.run(IDLE);
        assertThat(pair.a.transmitted + pair.b.transmitted)
                .as("nothing but keepalives")
                .isEqualTo(transmittedByA + transmittedByB);
        assertThat(pair.a.keepAlives > 0).as("of A").isEqualTo(row.hidesA);
        assertThat(pair.b.keepAlives > 0).as("of B").isEqualTo(row.hidesB);

        rekeys(pair, bBegins ? pair.a : pair.b);
        rekeys(pair, bBegins ? pair.b : pair.a);
        pair.assertOneIkeSa();
    }

    /** The sixth minute brings other ports: the next liveness check makes the peer follow, and all is as before. */
    @Test
    void aMappingThatChangesMeanwhileIsFollowed() {
        EndpointPair pair = new EndpointPair(22);
        NatDevice nat = nat(pair, LEFT_NAT, pair.a);
        Tunnels ofA = tunnel(EndpointPair.A, EndpointPair.B, "a.example", "b.example");
        ofA.dpd(Duration.ofSeconds(50), Duration.ZERO, DpdConfig.Action.RESTART);
        Tunnels ofB = tunnel(EndpointPair.B, LEFT_NAT, "b.example", "a.example");
        pair.a.command(new Command.PutTunnel(ofA.build()));
        pair.b.command(new Command.PutTunnel(
                ofB.swapSelectors().start(StartAction.NONE).build()));
        pair.awaitUp();
        UdpAddress before = pair.b.status().ikeSa().orElseThrow().remote();
        pair.run(IDLE.dividedBy(2));
        nat.forgetMappings();
        pair.run(IDLE.dividedBy(2));
        assertThat(pair.b.status().ikeSa().orElseThrow().remote()).isNotEqualTo(before);
        rekeys(pair, pair.b);
        rekeys(pair, pair.a);
        pair.assertOneIkeSa();
    }

    @Test
    void twoBehindOneAddressStayApart() {
        EndpointPair pair = new EndpointPair(23);
        Gateway other = new Gateway("C", "192.0.2.3", EndpointConfig.defaults(), pair.network, pair.clock, 77);
        pair.gateways.add(other);
        NatDevice nat = pair.network.addNat(IpAddress.parse(LEFT_NAT), pair.a.address, other.address);
        nat.idleTimeout(NAT_MEMORY);
        Tunnels toA = tunnel(EndpointPair.B, LEFT_NAT, "b.example", "a.example");
        Tunnels toC = tunnel(EndpointPair.B, LEFT_NAT, "b.example", "c.example");
        pair.b.command(new Command.PutTunnel(
                toA.swapSelectors().start(StartAction.NONE).build()));
        pair.b.command(new Command.PutTunnel(
                toC.named("other").swapSelectors().start(StartAction.NONE).build()));
        pair.a.command(new Command.PutTunnel(
                tunnel(EndpointPair.A, EndpointPair.B, "a.example", "b.example").build()));
        other.command(new Command.PutTunnel(
                tunnel("192.0.2.3", EndpointPair.B, "c.example", "b.example").build()));
        pair.await(
                Duration.ofSeconds(30),
                () -> pair.a.isEstablished() && other.isEstablished() && pair.b.installed.size() == 2);
        pair.run(IDLE);
        assertThat(pair.a.keepAlives).isPositive();
        assertThat(other.keepAlives).isPositive();
        int ofA = pair.a.pair(Tunnels.CHILD).spiIn();
        int ofC = other.pair(Tunnels.CHILD).spiIn();
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.b.command(new Command.Rekey("other", Optional.of(Tunnels.CHILD)));
        pair.await(Duration.ofSeconds(5), () -> isGone(pair.a, ofA) && isGone(other, ofC));
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.b.endpoint.establishedIkeSas()).isEqualTo(2);
        assertThat(pair.b.installed).hasSize(2);
    }

    private static NatDevice nat(EndpointPair pair, String address, Gateway hidden) {
        NatDevice nat = pair.network.addNat(IpAddress.parse(address), hidden.address);
        nat.idleTimeout(NAT_MEMORY);
        return nat;
    }

    private static Tunnels tunnel(String local, String remote, String localId, String remoteId) {
        return Tunnels.of(local, remote, localId, remoteId).dpd(Duration.ZERO, Duration.ZERO, DpdConfig.Action.RESTART);
    }

    /** {@code <-- CREATE_CHILD_SA { N(REKEY_SA), SA, Ni, TSi, TSr }}, without one retransmission. */
    private static void rekeys(EndpointPair pair, Gateway speaker) {
        int before = speaker.transmitted;
        int spi = speaker.pair(Tunnels.CHILD).spiIn();
        speaker.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.await(Duration.ofSeconds(2), () -> isGone(speaker, spi));
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(speaker.transmitted - before)
                .as("the request and the Delete")
                .isEqualTo(2);
    }

    private static boolean isGone(Gateway gateway, int spi) {
        return gateway.pairs(Tunnels.CHILD).stream().noneMatch(p -> p.spiIn() == spi);
    }
}
