package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.Interceptor;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IKE in a TCP connection (RFC 9329); A opens it. */
class TcpEncapsulationTest {
    private final List<Datagram> byUdp = new ArrayList<>();
    private final List<Datagram> byTcp = new ArrayList<>();

    private EndpointPair pair(TcpEncapsulation.Mode ofA, TcpEncapsulation.Mode ofB) {
        EndpointPair pair = new EndpointPair(1);
        pair.network.observe(datagram -> {
            (TestStreams.isOne(datagram.payload()) ? byTcp : byUdp).add(datagram);
        });
        return pair.withTunnel(
                a -> a.tcp(ofA).dpd(Duration.ofSeconds(30), Duration.ZERO, DpdConfig.Action.RESTART), b -> b.tcp(ofB));
    }

    private static Tunnels mobile(Tunnels tunnel, boolean mobike) {
        return mobike ? tunnel.mobike() : tunnel;
    }

    private static void dropUdp(EndpointPair pair) {
        pair.network.intercept(
                datagram -> TestStreams.isOne(datagram.payload()) ? Interceptor.Fate.DELIVER : Interceptor.Fate.DROP);
    }

    // HDR, SAi1, KEi, Ni  -->  by TCP
    //                <--  HDR, SAr1, KEr, Nr
    // HDR, SK {IDi, AUTH, SAi2, TSi, TSr}  -->
    //                <--  HDR, SK {IDr, AUTH, SAr2, TSi, TSr}
    @Test
    void alwaysMeansThatUdpIsNotEvenTried() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.FALLBACK);
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(byUdp).isEmpty();
        for (Gateway gateway : pair.gateways) {
            assertThat(gateway.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.TCP);
            assertThat(gateway.status().ikeSa().orElseThrow().carrier()).isEqualTo(Carrier.TCP);
            // The ports that each side told are those of the connection: nobody takes that for a NAT (§6.5).
            assertThat(gateway.status().ikeSa().orElseThrow().localBehindNat()).isFalse();
            assertThat(gateway.status().ikeSa().orElseThrow().remoteBehindNat()).isFalse();
            assertThat(gateway.streams.open).hasSize(1);
            assertThat(gateway.streams.kept).isEqualTo(gateway.streams.open);
        }
    }

    // HDR, SAi1, KEi, Ni  -->  by UDP, three times, lost
    // HDR, SAi1, KEi, Ni  -->  by TCP
    @Test
    void tcpIsTriedWhereUdpBringsNoAnswer() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.FALLBACK, TcpEncapsulation.Mode.FALLBACK);
        dropUdp(pair);
        pair.await(Duration.ofSeconds(8), pair.a::isEstablished);
        assertThat(byUdp).isNotEmpty();
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.TCP);
    }

    @Test
    void udpIsUsedWhereItWorks() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.FALLBACK, TcpEncapsulation.Mode.FALLBACK);
        pair.awaitUp();
        assertThat(pair.a.streams.everOpened).isEmpty();
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.IP);
    }

    // Port 500 passes and 4500 does not: IKE_AUTH is not answered.
    @Test
    void tcpIsTriedWhereIkeAuthBringsNoAnswer() {
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(
                        a -> a.tcp(TcpEncapsulation.Mode.FALLBACK).encapsulation(Encapsulation.ALWAYS),
                        b -> b.tcp(TcpEncapsulation.Mode.FALLBACK));
        pair.network.intercept(datagram -> datagram.to().port() == 4500 && !TestStreams.isOne(datagram.payload())
                ? Interceptor.Fate.DROP
                : Interceptor.Fate.DELIVER);
        pair.await(Duration.ofSeconds(12), pair.a::isEstablished);
        assertThat(pair.a.pair(Tunnels.CHILD).carrier()).isEqualTo(Carrier.TCP);
    }

    @Test
    void aTunnelThatDoesNotAllowTcpIsNotThereForWhoComesByTcp() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.OFF);
        pair.run(Duration.ofSeconds(20));
        assertThat(pair.b.everInstalled).isEmpty();
        assertThat(pair.b.count(AuditEvent.PROPOSALS_REJECTED)).isPositive();
    }

    @Test
    void aRefusedConnectionIsSaidAndTriedAgain() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        pair.b.streams.listening = false;
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.a.failure().orElseThrow().message()).contains("TCP connection to 192.0.2.2:4500: reset");
        pair.run(Duration.ofSeconds(30));
        assertThat(pair.a.streams.everOpened).hasSizeBetween(3, 12);
        assertThat(pair.a.streams.open).isEmpty();
        pair.b.streams.listening = true;
        pair.awaitUp();
    }

    @Test
    void nothingIsSentTwiceInOneConnection() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        // B takes the connection and says nothing.
        pair.network.intercept(datagram ->
                datagram.from().address().equals(pair.b.address) ? Interceptor.Fate.DROP : Interceptor.Fate.DELIVER);
        pair.run(Duration.ofSeconds(20));
        assertThat(byTcp.stream().filter(d -> d.from().address().equals(pair.a.address)))
                .as("the opening and IKE_SA_INIT")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostConnectionIsReplacedByTheSideThatOpenedIt(boolean mobike) {
        EndpointPair pair = new EndpointPair(1)
                .withTunnel(
                        a -> mobile(a.tcp(TcpEncapsulation.Mode.ALWAYS), mobike),
                        b -> mobile(b.tcp(TcpEncapsulation.Mode.ALWAYS), mobike));
        pair.awaitUp();
        var before = pair.a.pair(Tunnels.CHILD);
        pair.b.streams.reset(pair.b, pair.clock.nowNanos());
        pair.run(Duration.ofSeconds(2));

        // HDR, SK {}  -->  in the new connection
        //        <--  HDR, SK {}
        assertThat(pair.a.streams.everOpened).hasSize(2);
        assertThat(pair.b.streams.everOpened).isEmpty();
        assertThat(pair.a.installed).hasSize(1);
        assertThat(pair.a.pair(Tunnels.CHILD).spiIn()).isEqualTo(before.spiIn());
        assertThat(pair.b.updates.getLast().outerRemote())
                .isEqualTo(pair.a.streams.everOpened.getLast().local());
        assertThat(pair.b.updates.getLast().carrier()).isEqualTo(Carrier.TCP);
        assertThat(pair.b.streams.kept).isEqualTo(pair.b.streams.open).hasSize(1);
        pair.assertOneIkeSa();

        // CREATE_CHILD_SA from both sides works in it.
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.run(Duration.ofSeconds(2));
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(45));
        pair.assertOnePair(Tunnels.CHILD);
        pair.assertOneIkeSa();
        assertThat(pair.a.count(AuditEvent.IKE_SA_REKEYED)).isPositive();
        assertThat(pair.a.streams.open).hasSize(1);
    }

    @Test
    void aRequestThatWasOutIsRepeatedInTheNewConnection() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        pair.awaitUp();
        // Both ends lose the connection, A without noticing, while both want something.
        pair.a.streams.vanish();
        pair.b.streams.vanish();
        pair.a.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        pair.b.command(new Command.Rekey(Tunnels.NAME, Optional.of(Tunnels.CHILD)));
        assertThat(pair.a.streams.unsent).isPositive();
        pair.run(Duration.ofSeconds(90));
        assertThat(pair.a.streams.everOpened).hasSize(2);
        assertThat(pair.a.count(AuditEvent.CHILD_SA_REKEYED)).isPositive();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void aConnectionGoesWithItsIkeSa() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        pair.awaitUp();
        pair.a.command(new Command.Terminate(Tunnels.NAME, Optional.empty()));
        pair.run(Duration.ofSeconds(20));
        for (Gateway gateway : pair.gateways) {
            assertThat(gateway.installed).isEmpty();
            assertThat(gateway.streams.open).isEmpty();
            assertThat(gateway.streams.kept).isEmpty();
        }
    }

    @Test
    void aPeerThatIsGoneIsFoundOutAndTriedAgain() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        pair.awaitUp();
        pair.b.streams.reset(pair.b, pair.clock.nowNanos());
        pair.b.streams.listening = false;
        pair.await(Duration.ofMinutes(5), () -> pair.a.installed.isEmpty());
        assertThat(pair.a.count(AuditEvent.PEER_UNREACHABLE)).isPositive();
        pair.b.streams.listening = true;
        pair.await(Duration.ofSeconds(20), pair.a::isEstablished);
    }

    @Test
    void aNewConnectionCountsOnlyOnceSomethingAuthenticCameInIt() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        List<Datagram> fromA = new ArrayList<>();
        pair.network.observe(datagram -> {
            if (datagram.from().address().equals(pair.a.address)) {
                fromA.add(datagram);
            }
        });
        pair.awaitUp();
        int updates = pair.b.updates.size();
        // Somebody opens a connection and repeats what it saw: a message that was answered already proves nothing.
        var stranger = UdpAddress.of("203.0.113.7", 50_000);
        var listener = UdpAddress.of(EndpointPair.B, 4500);
        pair.network.send(stranger, listener, fromA.getFirst().payload());
        pair.network.send(stranger, listener, fromA.getLast().payload());
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.b.updates).hasSize(updates);
        assertThat(pair.b.status().ikeSa().orElseThrow().remote().address()).isEqualTo(pair.a.address);
    }

    @Test
    void anEspPacketInAnotherConnectionMovesTheSideThatTookIt() {
        EndpointPair pair = pair(TcpEncapsulation.Mode.ALWAYS, TcpEncapsulation.Mode.ALWAYS);
        pair.awaitUp();
        var local = UdpAddress.of(EndpointPair.B, 4500);
        var remote = UdpAddress.of(EndpointPair.A, 62_000);
        pair.b.command(new Command.PeerMoved(pair.b.pair(Tunnels.CHILD).spiIn(), Carrier.TCP, local, remote));
        assertThat(pair.b.updates.getLast().outerRemote()).isEqualTo(remote);
        // The side that opens connections does not follow anybody.
        int updates = pair.a.updates.size();
        pair.a.command(new Command.PeerMoved(pair.a.pair(Tunnels.CHILD).spiIn(), Carrier.TCP, remote, local));
        assertThat(pair.a.updates).hasSize(updates);
    }

    @Test
    void anotherAddressOfOursGetsAnotherConnection() {
        EndpointPair roaming = new EndpointPair(3)
                .withTunnel(
                        a -> a.tcp(TcpEncapsulation.Mode.ALWAYS).mobike(),
                        b -> b.tcp(TcpEncapsulation.Mode.ALWAYS).mobike());
        roaming.a.command(new Command.LocalPath(roaming.b.address, roaming.a.address));
        roaming.awaitUp();
        roaming.a.moveTo("192.0.2.77", UdpAddress.of(EndpointPair.B, 4500));
        roaming.run(Duration.ofSeconds(3));
        assertThat(roaming.a.streams.everOpened).hasSize(2);
        assertThat(roaming.b.updates.getLast().outerRemote().address()).isEqualTo(roaming.a.address);
        assertThat(roaming.a.installed).hasSize(1);
        roaming.assertOneIkeSa();
    }

    @Test
    void noKeepalivesAndNoFragments() {
        EndpointPair pair = new EndpointPair(1);
        pair.network.addNat(IpAddress.parse("198.51.100.1"), IpAddress.parse(EndpointPair.A));
        List<Integer> lengths = new ArrayList<>();
        pair.network.observe(datagram -> lengths.add(datagram.length()));
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, "198.51.100.1", "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .tcp(TcpEncapsulation.Mode.ALWAYS)
                .fragmentation(Fragmentation.Mode.YES, 576)
                .ikeProposals("aes256gcm16-prfsha384-x25519-ke1_mlkem768")
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .tcp(TcpEncapsulation.Mode.ALWAYS)
                .fragmentation(Fragmentation.Mode.YES, 576)
                .ikeProposals("aes256gcm16-prfsha384-x25519-ke1_mlkem768")
                .build()));
        pair.awaitUp();
        assertThat(pair.a.status().ikeSa().orElseThrow().localBehindNat()).isTrue();
        assertThat(lengths).anyMatch(length -> length > 1200);
        pair.run(Duration.ofMinutes(5));
        assertThat(pair.a.keepAlives).isZero();
    }
}
