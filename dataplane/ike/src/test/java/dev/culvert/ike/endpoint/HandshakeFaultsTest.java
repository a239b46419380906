package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.DeletePayload;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.testkit.Datagram;
import dev.culvert.testkit.Interceptor;
import dev.culvert.testkit.LinkConditions;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong before a tunnel is up: forged messages, other groups, cookies, wrong secrets and identities. */
class HandshakeFaultsTest {
    /** Lets somebody on the path answer A's first IKE_SA_INIT before B can. */
    private static void forge(EndpointPair pair, int times, NotifyPayload notify) {
        int[] left = {times};
        pair.network.intercept(datagram -> {
            if (isFrom(datagram, pair.a) && left[0] > 0 && initRequest(datagram).isPresent()) {
                left[0]--;
                IkeMessage request = initRequest(datagram).get();
                byte[] forged = IkeMessage.of(request.header().reply(), notify).encode();
                pair.network.send(datagram.to(), datagram.from(), forged);
            }
            return Interceptor.Fate.DELIVER;
        });
    }

    private static boolean isFrom(Datagram datagram, Gateway gateway) {
        return datagram.from().address().equals(gateway.address);
    }

    private static Optional<IkeMessage> initRequest(Datagram datagram) {
        return IkeMessage.decode(datagram.payload()) instanceof DecodeResult.Ok(IkeMessage message)
                        && message.header().is(ExchangeType.IKE_SA_INIT)
                        && !message.header().response()
                ? Optional.of(message)
                : Optional.empty();
    }

    @ParameterizedTest
    @EnumSource(
            value = NotifyType.class,
            names = {
                "NO_PROPOSAL_CHOSEN",
                "INVALID_SYNTAX",
                "AUTHENTICATION_FAILED",
                "INVALID_MAJOR_VERSION",
                "INVALID_IKE_SPI",
                "UNSUPPORTED_CRITICAL_PAYLOAD"
            })
    void line23_aForgedInitErrorDoesNotStopTheValidReply(NotifyType error) {
        EndpointPair pair = new EndpointPair(1);
        forge(pair, 1, NotifyPayload.of(error));
        pair.withTunnel();
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
        assertThat(pair.a.count(AuditEvent.INITIATION_FAILED)).isZero();
    }

    @Test
    void line23_withoutAValidReplyTheLastErrorIsReported() {
        EndpointPair pair = new EndpointPair(2).withTunnel(t -> t, t -> t.ikeProposals("aes128-sha256-modp2048"));
        pair.run(Duration.ofMillis(100));
        // At once, while waiting goes on.
        TunnelStatus.Failure failure = pair.a.failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        assertThat(failure.notifyName()).contains("NO_PROPOSAL_CHOSEN");
        assertThat(failure.message()).contains("aes256gcm16-prfsha384-x25519");
        assertThat(pair.a.status().state()).isEqualTo(TunnelStatus.State.CONNECTING);
        // The responder's status says it too, with both sides' proposals.
        assertThat(pair.b.failure().orElseThrow().message())
                .contains("aes256gcm16-prfsha384-x25519", "aes128-sha256-modp2048");
        pair.run(Duration.ofMinutes(1));
        assertThat(pair.a.count(AuditEvent.INITIATION_FAILED)).isPositive();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.NO_PROPOSAL_CHOSEN);
        // The responder is corrected: it heals within 10 s by itself.
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.await(Duration.ofSeconds(10), () -> pair.a.isEstablished());
        pair.run(Duration.ofSeconds(1));
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.failure()).isEmpty();
    }

    @Test
    void line10_theInitiatorTakesAnotherGroupThatItOffered() {
        EndpointPair pair = new EndpointPair(3)
                .withTunnel(
                        t -> t.ikeProposals("aes256gcm16-prfsha384-x25519-ecp256"),
                        t -> t.ikeProposals("aes256gcm16-prfsha384-ecp256"));
        // A --> B  HDR, SA, KEi(x25519), Ni
        // A <-- B  HDR, N(INVALID_KE_PAYLOAD, ecp256)
        // A --> B  HDR, SA, KEi(ecp256), Ni
        pair.awaitUp();
        pair.assertOneIkeSa();
        assertThat(pair.a.status().ikeSa().orElseThrow().proposal()).isEqualTo("aes256gcm16-prfsha384-ecp256");
        assertThat(pair.a.transmitted).isEqualTo(3);
    }

    @Test
    void line10_theInitiatorRefusesAGroupThatItDidNotOffer() {
        EndpointPair pair = new EndpointPair(4);
        List<Integer> groups = new ArrayList<>();
        forge(pair, Integer.MAX_VALUE, NotifyPayload.invalidKe(2));
        pair.network.observe(datagram ->
                initRequest(datagram).flatMap(m -> m.first(KePayload.class)).ifPresent(ke -> groups.add(ke.method())));
        pair.withTunnel();
        pair.awaitUp();
        assertThat(groups).containsOnly(31);
    }

    @Test
    void line24_loopsOfCookieAndInvalidKeEnd() {
        EndpointPair pair = new EndpointPair(5);
        int[] answered = {0};
        // In B's place is somebody who asks for a cookie and for another group in turn.
        pair.network.attach(pair.b.address, (from, to, payload, now) -> {
            if (IkeMessage.decode(payload) instanceof DecodeResult.Ok(IkeMessage request)) {
                NotifyPayload wish = answered[0]++ % 2 == 0
                        ? NotifyPayload.of(NotifyType.COOKIE, Bytes.of(new byte[] {(byte) answered[0]}))
                        : NotifyPayload.invalidKe(answered[0] % 4 == 0 ? 31 : 19);
                pair.network.send(
                        to, from, IkeMessage.of(request.header().reply(), wish).encode());
            }
        });
        pair.withTunnel(t -> t.ikeProposals("aes256gcm16-prfsha384-x25519-ecp256"), t -> t);
        pair.run(Duration.ofMinutes(5));
        assertThat(pair.a.transmitted).isLessThan(250);
        assertThat(pair.a.isEstablished()).isFalse();
    }

    @Test
    void line24_aCookieIsReturned() {
        EndpointConfig pressed = EndpointConfig.defaults()
                .withHalfOpen(new EndpointConfig.HalfOpenLimits(
                        0, 100, 100, Duration.ofSeconds(30), Duration.ofSeconds(60), 3));
        EndpointPair pair = new EndpointPair(6, EndpointConfig.defaults(), pressed)
                .withTunnel(
                        t -> t.ikeProposals("aes256gcm16-prfsha384-x25519-ecp256"),
                        t -> t.ikeProposals("aes256gcm16-prfsha384-ecp256"));
        // A --> B  HDR, SA, KEi(x25519), Ni
        // A <-- B  HDR, N(COOKIE)
        // A --> B  HDR, N(COOKIE), SA, KEi(x25519), Ni
        // A <-- B  HDR, N(INVALID_KE_PAYLOAD, ecp256)
        // A --> B  HDR, N(COOKIE), SA, KEi(ecp256), Ni
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.transmitted).isEqualTo(4);
    }

    /** Whatever is wrong, B says the same, and A cannot tell which it was. */
    @Test
    void line17_wrongSecretAndUnknownIdentityLookTheSame() {
        List<String> failures = new ArrayList<>();
        for (EndpointPair pair : List.of(
                new EndpointPair(7).withTunnel(t -> t.psk("a secret that is not shared at all"), t -> t),
                new EndpointPair(7).withTunnel(t -> t.ids("stranger.example", "b.example"), t -> t),
                new EndpointPair(7).withTunnel(t -> t.ids("a.example", "other.example"), t -> t))) {
            List<Integer> lengths = new ArrayList<>();
            pair.network.observe(d -> {
                if (isFrom(d, pair.b)) {
                    lengths.add(d.length());
                }
            });
            pair.run(Duration.ofSeconds(2));
            TunnelStatus.Failure failure = pair.a.failure().orElseThrow();
            assertThat(failure.kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
            assertThat(pair.b.count(AuditEvent.AUTHENTICATION_FAILED)).isPositive();
            assertThat(pair.b.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
            failures.add(failure.notifyName() + " " + failure.kind() + " " + lengths);
            assertThat(pair.a.installed).isEmpty();
            assertThat(pair.b.installed).isEmpty();
            assertNoSecret(pair);
        }
        assertThat(failures).containsOnly(failures.getFirst());
    }

    private static void assertNoSecret(EndpointPair pair) {
        assertThat(pair.journal()).doesNotContain("secret that", "twenty random");
        assertThat(pair.a.statuses.toString() + pair.b.statuses).doesNotContain("secret that", "twenty random");
    }

    /** A responder with the right secret but another identity: A closes, and B hears of it. */
    @Test
    void line19_aResponderThatIsSomebodyElseIsRefused() {
        EndpointPair pair = new EndpointPair(8);
        // Two tunnels to A at B; A's IDr picks none, so B answers with its first. Here B only knows A under another
        // IDr:
        // without IDr in the request it would do.
        pair.withTunnel(t -> t, t -> t.ids("c.example", "a.example"));
        pair.run(Duration.ofSeconds(2));
        assertThat(pair.a.isEstablished()).isFalse();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(pair.b.audit)
                .filteredOn(e -> e.event() == AuditEvent.AUTHENTICATION_FAILED)
                .first()
                .extracting(AuditRecord::message)
                .asString()
                .contains("a.example", "b.example", "c.example");
    }

    /** INIT goes to another host that holds the same secret: its IDr gives it away. */
    @Test
    void line19_aRedirectedInitFails() {
        EndpointPair pair = new EndpointPair(9);
        Gateway other = new Gateway("C", "192.0.2.3", EndpointConfig.defaults(), pair.network, pair.clock, 99);
        pair.gateways.add(other);
        other.command(new Command.PutTunnel(Tunnels.of("192.0.2.3", EndpointPair.A, "c.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, "192.0.2.3", "a.example", "b.example")
                .build()));
        pair.run(Duration.ofSeconds(3));
        assertThat(pair.a.installed).isEmpty();
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION_FAILED);
        assertThat(other.installed).isEmpty();
    }

    @Test
    void line21_informationalBeforeAuthenticationChangesNothing() {
        EndpointPair pair = new EndpointPair(10);
        Predicate<Datagram> isAuth = d -> isFrom(d, pair.a) && d.payload()[18] == 35;
        List<Datagram> held = new ArrayList<>();
        pair.network.intercept(d -> {
            if (isAuth.test(d) && held.isEmpty()) {
                held.add(d);
                // Somebody sends B a Delete and an error, in the clear, for the half-open SA.
                byte[] p = d.payload();
                IkeHeader header =
                        IkeHeader.request(Bytes.of(p).u64(0), Bytes.of(p).u64(8), ExchangeType.INFORMATIONAL, true, 1);
                pair.network.send(
                        d.from(),
                        d.to(),
                        IkeMessage.of(header, DeletePayload.ofIkeSa()).encode());
                return Interceptor.Fate.delay(Duration.ofMillis(100));
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.withTunnel();
        pair.awaitUp();
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void line22_forgedPlaintextNeverKillsAnInitiatorsSa() {
        EndpointPair pair = new EndpointPair(11).withTunnel();
        pair.awaitUp();
        TunnelStatus.IkeSaStatus sa = pair.a.status().ikeSa().orElseThrow();
        for (int id = 0; id < 5; id++) {
            for (boolean response : new boolean[] {true, false}) {
                for (NotifyType type : NotifyType.values()) {
                    IkeHeader header =
                            new IkeHeader(sa.spiInitiator(), sa.spiResponder(), 2, 0, 37, false, false, response, id);
                    pair.network.send(
                            UdpAddress.of(EndpointPair.B, 500),
                            UdpAddress.of(EndpointPair.A, 500),
                            IkeMessage.of(header, NotifyPayload.of(type)).encode());
                }
                IkeHeader header =
                        new IkeHeader(sa.spiInitiator(), sa.spiResponder(), 2, 0, 37, false, false, response, id);
                pair.network.send(
                        UdpAddress.of(EndpointPair.B, 500),
                        UdpAddress.of(EndpointPair.A, 500),
                        IkeMessage.of(header, DeletePayload.ofIkeSa()).encode());
            }
        }
        pair.run(Duration.ofSeconds(30));
        pair.assertOneIkeSa();
        pair.assertOnePair(Tunnels.CHILD);
    }

    @Test
    void line20_flippedBitsAreDroppedAndTheRepetitionCounts() {
        EndpointPair pair = new EndpointPair(12);
        int[] flipped = {0};
        pair.network.intercept(d -> {
            byte[] p = d.payload();
            if (p.length > 40 && p[18] == 35 && flipped[0]++ % 3 == 0) {
                p[p.length - 1] ^= 1;
                return Interceptor.Fate.replace(p);
            }
            return Interceptor.Fate.DELIVER;
        });
        pair.withTunnel();
        pair.awaitUp();
        pair.assertOnePair(Tunnels.CHILD);
        assertThat(pair.a.count(AuditEvent.DATAGRAM_DROPPED) + pair.b.count(AuditEvent.DATAGRAM_DROPPED))
                .isPositive();
    }

    @Test
    void aSilentPeerIsUnreachableSoonAndComesUpWhenItIsThere() {
        EndpointPair pair = new EndpointPair(13);
        pair.network.conditions(LinkConditions.GOOD.withLoss(1));
        pair.withTunnel();
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.failure().orElseThrow().kind()).isEqualTo(FailureKind.PEER_UNREACHABLE);
        assertThat(pair.a.failure().orElseThrow().message()).contains(EndpointPair.B);
        pair.run(Duration.ofMinutes(10));
        assertThat(pair.a.transmitted).isLessThan(300);
        pair.network.conditions(LinkConditions.GOOD);
        pair.await(Duration.ofSeconds(10), () -> pair.a.isEstablished());
        assertThat(pair.a.failure()).isEmpty();
    }

    @Test
    void severalAddressesAreTriedInTurn() {
        EndpointPair pair = new EndpointPair(14)
                .withTunnel(
                        t -> t.remotes(UdpAddress.of("203.0.113.9", 500), UdpAddress.of(EndpointPair.B, 500)), t -> t);
        pair.await(Duration.ofMinutes(2), () -> pair.a.isEstablished());
        assertThat(pair.a.status().ikeSa().orElseThrow().remote().address()).isEqualTo(IpAddress.parse(EndpointPair.B));
    }

    /** Nobody is at the first, the second answers and refuses, the third is the peer; the one that works is kept to. */
    @Test
    void addressesThatAreSilentOrRefuseAreLeftForTheNext() {
        EndpointPair pair = new EndpointPair(15);
        String elsewhere = "192.0.2.3";
        Gateway stranger = new Gateway("C", elsewhere, EndpointConfig.defaults(), pair.network, pair.clock, 77);
        pair.gateways.add(stranger);
        pair.withTunnel(
                t -> t.remotes(
                        UdpAddress.of("203.0.113.9", 500),
                        UdpAddress.of(elsewhere, 500),
                        UdpAddress.of(EndpointPair.B, 500)),
                t -> t);
        pair.await(Duration.ofMinutes(1), () -> pair.a.isEstablished());
        assertThat(remote(pair)).isEqualTo(IpAddress.parse(EndpointPair.B));
        assertThat(stranger.audit).isNotEmpty();
        // the peer restarts: it is found at once where it was
        pair.run(Duration.ofSeconds(10));
        pair.b.command(new Command.Shutdown());
        pair.run(Duration.ofSeconds(1));
        pair.b.leave();
        pair.gateways.remove(pair.b);
        pair.b = new Gateway("B", EndpointPair.B, EndpointConfig.defaults(), pair.network, pair.clock, 78);
        pair.gateways.add(pair.b);
        pair.b.command(new Command.PutTunnel(Tunnels.of(EndpointPair.B, EndpointPair.A, "b.example", "a.example")
                .swapSelectors()
                .start(StartAction.NONE)
                .build()));
        pair.a.command(new Command.Initiate(Tunnels.NAME, Optional.empty()));
        pair.await(Duration.ofSeconds(5), () -> pair.a.isEstablished());
    }

    /** A name led to another address meanwhile: the attempt at the old one ends there and then. */
    @Test
    void anAddressThatIsReplacedIsNotWaitedFor() {
        EndpointPair pair = new EndpointPair(16).withTunnel(t -> t.remotes(UdpAddress.of("203.0.113.9", 500)), t -> t);
        pair.run(Duration.ofSeconds(5));
        assertThat(pair.a.isEstablished()).isFalse();
        pair.a.command(new Command.PutTunnel(Tunnels.of(EndpointPair.A, EndpointPair.B, "a.example", "b.example")
                .build()));
        pair.await(Duration.ofSeconds(1), () -> pair.a.isEstablished());
        assertThat(remote(pair)).isEqualTo(IpAddress.parse(EndpointPair.B));
    }

    private static IpAddress remote(EndpointPair pair) {
        return pair.a.status().ikeSa().orElseThrow().remote().address();
    }
}
