package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.Interceptor;
import dev.culvert.testkit.NatDevice;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tunnel follows either side to another address (RFC 4555): A is the original initiator. Both sides keep their keys;
 * ESP goes to the new address.
 */
class MobikeTest {
    private static final String NEW = "203.0.113.5";
    private static final Duration SOON = Duration.ofSeconds(1);

    private static EndpointPair pair(long seed) {
        EndpointPair pair = new EndpointPair(seed).withTunnel(Tunnels::mobike, Tunnels::mobike);
        pair.awaitUp();
        return pair;
    }

    /** SPIs, the status names both sides' addresses, and the last word to the ESP engine. */
    private static void assertBetween(EndpointPair pair, String addressOfA, String addressOfB, int... spis) {
        UdpAddress a = UdpAddress.of(addressOfA, 4500);
        UdpAddress b = UdpAddress.of(addressOfB, 4500);
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
        TunnelStatus.IkeSaStatus atA = pair.a.status().ikeSa().orElseThrow();
        TunnelStatus.IkeSaStatus atB = pair.b.status().ikeSa().orElseThrow();
        assertThat(List.of(atA.local(), atA.remote(), atB.local(), atB.remote()))
                .containsExactly(a, b, b, a);
        assertThat(pair.a.updates.getLast().outerLocal()).isEqualTo(a);
        assertThat(pair.a.updates.getLast().outerRemote()).isEqualTo(b);
        assertThat(pair.b.updates.getLast().outerLocal()).isEqualTo(b);
        assertThat(pair.b.updates.getLast().outerRemote()).isEqualTo(a);
        for (int spi : spis) {
            assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(spi);
        }
    }

    // HDR, SK {IDi, AUTH, N(MOBIKE_SUPPORTED), N(NO_ADDITIONAL_ADDRESSES), SAi2, TSi, TSr}  -->
    //      <--  HDR, SK {IDr, AUTH, N(MOBIKE_SUPPORTED), N(NO_ADDITIONAL_ADDRESSES), SAr2, TSi, TSr}
    // A has another address
    // HDR, SK {N(UPDATE_SA_ADDRESSES), N(NAT_DETECTION_*), N(COOKIE2)}  -->
    //                         <--  HDR, SK {N(NAT_DETECTION_*), N(COOKIE2)}
    //                         <--  HDR, SK {N(COOKIE2)}
    // HDR, SK {N(COOKIE2)}  -->
    @ParameterizedTest
    @CsvSource({"1, false", "2, true"})
    void theInitiatorMovesAndTheResponderFollows(long seed, boolean rekeyed) {
        EndpointPair pair = pair(seed);
        assertThat(pair.a.status().ikeSa().orElseThrow().local().port()).isEqualTo(4500);
        if (rekeyed) {
            pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
            pair.run(SOON);
        }
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.moveTo(NEW, UdpAddress.of(EndpointPair.B, 4500));
        pair.run(SOON);
        assertBetween(pair, NEW, EndpointPair.B, spi);
        assertThat(pair.a.count(AuditEvent.ADDRESS_CHANGED)).isEqualTo(1);
        assertThat(pair.b.count(AuditEvent.PEER_MOVED)).isEqualTo(1);
        // And back, and everything goes on.
        pair.a.moveTo(EndpointPair.A, UdpAddress.of(EndpointPair.B, 4500));
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(SOON);
        assertBetween(pair, EndpointPair.A, EndpointPair.B);
    }

    // B has another address
    //                         <--  HDR, SK {N(NO_ADDITIONAL_ADDRESSES)}     from the new one
    // HDR, SK {}  -->
    // HDR, SK {N(UPDATE_SA_ADDRESSES), N(NAT_DETECTION_*), N(COOKIE2)}  -->
    //                         <--  HDR, SK {N(NAT_DETECTION_*), N(COOKIE2)}
    @Test
    void theResponderMovesAndTheInitiatorUpdates() {
        EndpointPair pair = pair(3);
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.b.moveTo(NEW, UdpAddress.of(EndpointPair.A, 4500));
        pair.run(SOON);
        assertBetween(pair, EndpointPair.A, NEW, spi);
    }

    /** A request is out to the old address when the new one comes. */
    @Test
    void aRequestThatIsOutGoesOnFromTheNewAddress() {
        EndpointPair pair = pair(4);
        pair.network.intercept(d -> Interceptor.Fate.DROP);
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofMillis(100));
        pair.network.intercept(d -> Interceptor.Fate.DELIVER);
        pair.a.moveTo(NEW, UdpAddress.of(EndpointPair.B, 4500));
        pair.run(SOON);
        assertBetween(pair, NEW, EndpointPair.B);
    }

    /** It changes again while UPDATE_SA_ADDRESSES is on its way. */
    @Test
    void theAddressChangesTwice() {
        EndpointPair pair = pair(5);
        pair.a.moveTo("203.0.113.99", UdpAddress.of(EndpointPair.B, 4500));
        pair.a.moveTo(NEW, UdpAddress.of(EndpointPair.B, 4500));
        pair.run(SOON);
        assertBetween(pair, NEW, EndpointPair.B);
    }

    /** B stops answering where it is, and has told A another address, at which it still is (RFC 4555 §3.4). */
    @Test
    void theInitiatorTriesTheRespondersOtherAddresses() {
        EndpointPair pair = new EndpointPair(6);
        IpAddress other = IpAddress.parse(NEW);
        pair.b.command(new Command.LocalAddresses(
                List.of(Set.of(IpAddress.parse("10.0.0.1")), Set.of(IpAddress.parse(EndpointPair.B), other))));
        pair.b.alsoAt(other);
        pair.withTunnel(
                t -> t.mobike().dpd(Duration.ofSeconds(10), Duration.ofMinutes(2), DpdConfig.Action.RESTART),
                Tunnels::mobike);
        pair.awaitUp();
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.network.detach(pair.b.address);
        pair.run(Duration.ofMinutes(1));
        assertBetween(pair, EndpointPair.A, NEW, spi);
    }

    /** A's NAT forgets its mapping: A's liveness check shows it, and A updates (RFC 4555 §3.8). */
    @Test
    void aChangedNatMappingIsFoundByALivenessCheck() {
        EndpointPair pair = new EndpointPair(7);
        NatDevice nat = pair.network.addNat(IpAddress.parse("198.51.100.1"), pair.a.address);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, "198.51.100.1", "b.example", "a.example")
                .swapSelectors()
                .mobike()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .mobike()
                .dpd(Duration.ofSeconds(50), Duration.ZERO, DpdConfig.Action.RESTART)
                .build()));
        pair.awaitUp();
        UdpAddress before = pair.b.status().ikeSa().orElseThrow().remote();
        nat.forgetMappings();
        pair.run(Duration.ofSeconds(60));
        UdpAddress after = pair.b.status().ikeSa().orElseThrow().remote();
        assertThat(after).isNotEqualTo(before);
        assertThat(pair.b.updates.getLast().outerRemote()).isEqualTo(after);
        assertThat(pair.b.removals).isEmpty();
        pair.assertOneIkeSa();
    }

    /** With MOBIKE an IKE message from elsewhere, replayed path and all, moves nothing by itself (RFC 4555 §3.8). */
    @Test
    void line57_whereAnOrdinaryMessageComesFromDoesNotCount() {
        EndpointPair pair =
                new EndpointPair(8).withTunnel(t -> t.mobike().encapsulation(Encapsulation.ALWAYS), Tunnels::mobike);
        pair.awaitUp();
        List<Datagram> held = new ArrayList<>();
        pair.network.intercept(d -> {
            held.add(d);
            return Interceptor.Fate.DROP;
        });
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofMillis(100));
        pair.network.intercept(d -> Interceptor.Fate.DELIVER);
        pair.network.send(
                UdpAddress.of("192.0.2.66", 4500),
                UdpAddress.of(EndpointPair.B, 4500),
                held.getFirst().payload());
        pair.run(Duration.ofMillis(100));
        assertThat(pair.b.status().ikeSa().orElseThrow().remote()).isEqualTo(UdpAddress.of(EndpointPair.A, 4500));
        assertThat(pair.b.updates).isEmpty();
    }

    /** B's packets go to A's new address only when A has answered from there. */
    @Test
    void nothingIsSentToAnAddressThatDoesNotAnswer() {
        EndpointPair pair = pair(9);
        pair.network.intercept(
                d -> d.to().address().equals(IpAddress.parse(NEW)) ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER);
        pair.a.moveTo(NEW, UdpAddress.of(EndpointPair.B, 4500));
        pair.run(SOON);
        assertThat(pair.b.updates).isEmpty();
        pair.network.intercept(d -> Interceptor.Fate.DELIVER);
        pair.run(Duration.ofSeconds(10));
        assertBetween(pair, NEW, EndpointPair.B);
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "false, false"})
    void withoutMobikeOnBothSidesTheInitiatorMakesAnotherSa(boolean atA, boolean atB) {
        EndpointPair pair = new EndpointPair(10)
                .withTunnel(
                        t -> mobike(t.mobike(), atA),
                        t -> mobike(t.mobike(), atB).remotes());
        pair.awaitUp();
        int spi = pair.a.pair(Tunnels.CHILD).spiIn();
        pair.a.moveTo(NEW, UdpAddress.of(EndpointPair.B, 4500));
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.sending.get(Tunnels.CHILD)).isNotEqualTo(spi);
        assertThat(pair.a.isEstablished()).isTrue();
        assertThat(pair.a.status().ikeSa().orElseThrow().local().address()).isEqualTo(IpAddress.parse(NEW));
    }

    private static Tunnels mobike(Tunnels tunnel, boolean on) {
        tunnel.mobike = on;
        return tunnel;
    }

    /** A tunnel of B with a local address of its own does not follow A to another one of B's. */
    @Test
    void aLocalAddressOfItsOwnIsNotLeft() {
        EndpointPair pair = new EndpointPair(11).withTunnel(Tunnels::mobike, t -> {
            t.mobike = true;
            return t;
        });
        pair.b.alsoAt(IpAddress.parse(NEW));
        pair.awaitUp();
        pair.b.command(new Command.LocalPath(IpAddress.parse(EndpointPair.A), IpAddress.parse(NEW)));
        pair.run(SOON);
        assertThat(pair.b.updates).isEmpty();
        assertThat(pair.b.status().ikeSa().orElseThrow().local().address()).isEqualTo(pair.b.address);
    }

    // HDR, SAi1, KEi, Ni, N(NO_NATS_ALLOWED)  -->      through a NAT
    //                                        <--  HDR, N(UNEXPECTED_NAT_DETECTED)
    @ParameterizedTest
    @CsvSource({"192.0.2.2, 500, true", "10.9.9.9, 500, false", "192.0.2.2, 4501, false"})
    void noNatsAllowedIsAnsweredWhereThereIsOne(String named, int port, boolean accepted) {
        ScriptedPeer peer = new ScriptedPeer();
        Bytes addresses = Bytes.ofHex(hex(named) + "c0000201" + String.format("%04x", port) + "01f4");
        peer.say(IkeMessage.of(
                        IkeHeader.request(7, 0, ExchangeType.IKE_SA_INIT, true, 0),
                        new SaPayload(List.of(SaProposal.of(
                                1,
                                Bytes.EMPTY,
                                Tunnels.ike("aes256gcm16-prfsha384-x25519").getFirst()))),
                        new KePayload(31, Bytes.of(new byte[32])),
                        new NoncePayload(Bytes.of(new byte[32])),
                        NotifyPayload.of(NotifyType.NO_NATS_ALLOWED, addresses))
                .encode());
        IkeMessage answer = ((DecodeResult.Ok) IkeMessage.decode(peer.received.getFirst())).message();
        assertThat(answer.has(NotifyType.UNEXPECTED_NAT_DETECTED)).isEqualTo(!accepted);
    }

    private static String hex(String address) {
        return Bytes.of(IpAddress.parse(address).toBytes()).toHex();
    }
}
