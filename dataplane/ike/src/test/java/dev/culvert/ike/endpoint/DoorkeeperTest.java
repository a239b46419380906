package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.Doorkeeper.Decision;
import dev.culvert.ike.endpoint.Doorkeeper.Reason;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is let through to the endpoint while many knock (RFC 8019 §4). */
class DoorkeeperTest {
    private static final UdpAddress HERE = UdpAddress.of("192.0.2.1", 500);
    private static final UdpAddress PEER = UdpAddress.of("192.0.2.2", 500);
    private static final int FLOOD = 20_000;

    private final RandomSource random = RandomSource.seeded(3);
    private final byte[] publicValue =
            KeyExchange.generate(KeyExchangeMethod.X25519, random).publicValue();
    private final IkeEndpoint endpoint = new IkeEndpoint(EndpointConfig.defaults(), random);
    private final Doorkeeper doorkeeper = endpoint.doorkeeper();
    private long now = 1_000_000_000L;

    private void put(Tunnels tunnel) {
        endpoint.command(new Command.PutTunnel(tunnel.start(StartAction.NONE).build()), now);
        drain();
    }

    private static Tunnels ofPeer() {
        return Tunnels.of("192.0.2.1", "192.0.2.2", "gateway.example", "peer.example");
    }

    private static Tunnels ofAnybody() {
        return ofPeer().named("roaming")
                .ids("gateway.example", "roaming.example")
                .remotes();
    }

    private List<Output.Transmit> drain() {
        List<Output.Transmit> sent = new ArrayList<>();
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            if (output instanceof Output.Transmit transmit) {
                sent.add(transmit);
            }
        }
        return sent;
    }

    private static UdpAddress spoofed(int number) {
        return UdpAddress.of("198.18." + (number >> 8 & 0xff) + "." + (number & 0xff), 500);
    }

    private byte[] init(long spi, Optional<Bytes> cookie) {
        List<Payload> payloads = new ArrayList<>();
        cookie.ifPresent(c -> payloads.add(NotifyPayload.of(NotifyType.COOKIE, c)));
        payloads.add(new SaPayload(List.of(SaProposal.of(
                1, Bytes.EMPTY, Tunnels.ike("aes256gcm16-prfsha384-x25519").getFirst()))));
        payloads.add(new KePayload(KeyExchangeMethod.X25519.id(), Bytes.of(publicValue)));
        payloads.add(new NoncePayload(Bytes.of(new byte[32])));
        return new IkeMessage(IkeHeader.request(spi, 0, ExchangeType.IKE_SA_INIT, true, 0), payloads).encode();
    }

    private Decision knock(UdpAddress from, byte[] message) {
        Precedence precedence = endpoint.precedence(message, 0, message.length, from);
        return precedence == Precedence.CONFIGURED_PEER
                ? new Decision.Admit()
                : doorkeeper.decide(new IkeDatagram(HERE, from, message), now);
    }

    /** 20,000 in one second, each from another address. */
    private List<Decision> flood() {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            now += 1_000_000_000L / FLOOD;
            decisions.add(knock(spoofed(i), init(i + 1, Optional.empty())));
        }
        return decisions;
    }

    private static long admitted(List<Decision> decisions) {
        return decisions.stream().filter(Decision.Admit.class::isInstance).count();
    }

    private static Bytes cookie(Decision decision) {
        byte[] answer = ((Decision.Answer) decision).cookie().message();
        return ((DecodeResult.Ok) IkeMessage.decode(answer))
                .message()
                .notify(NotifyType.COOKIE)
                .orElseThrow()
                .data();
    }

    @Test
    void line36_whereNobodyMayComeFromAnywhereAFloodGetsNoAnswerAndTheConfiguredPeerGetsIn() {
        put(ofPeer());
        List<Decision> decisions = flood();
        assertThat(admitted(decisions)).isLessThanOrEqualTo(300);
        assertThat(decisions.subList(300, FLOOD))
                .filteredOn(Decision.Answer.class::isInstance)
                .isEmpty();
        assertThat(decisions.getLast()).isEqualTo(new Decision.Drop(Reason.NO_TUNNEL));
        assertThat(knock(PEER, init(99, Optional.empty()))).isInstanceOf(Decision.Admit.class);
        // what goes on costs the negotiator hardly anything
        assertThat(admitted(flood())).isLessThanOrEqualTo(10);
    }

    @Test
    void line36_whereSomebodyMayComeFromAnywhereAFloodGetsCookiesAndWhoReturnsOneGetsIn() {
        put(ofPeer());
        put(ofAnybody());
        List<Decision> decisions = flood();
        assertThat(admitted(decisions)).isLessThanOrEqualTo(300);
        assertThat(decisions.getLast()).isInstanceOf(Decision.Answer.class);

        // HDR(A,0), SAi1, KEi, Ni  -->    <--  HDR(A,0), N(COOKIE)
        UdpAddress roaming = UdpAddress.of("203.0.113.9", 4711);
        Bytes cookie = cookie(knock(roaming, init(77, Optional.empty())));
        // HDR(A,0), N(COOKIE), SAi1, KEi, Ni  -->    <--  HDR(A,B), SAr1, KEr, Nr
        byte[] again = init(77, Optional.of(cookie));
        assertThat(knock(roaming, again)).isInstanceOf(Decision.Admit.class);
        endpoint.receive(new IkeDatagram(HERE, roaming, again), now);
        assertThat(endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    @Test
    void line24_anothersCookieIsAnsweredWithANewOne() {
        put(ofAnybody());
        flood();
        Bytes cookie = cookie(knock(spoofed(1), init(77, Optional.empty())));
        for (Decision decision : List.of(
                knock(spoofed(2), init(77, Optional.of(cookie))),
                knock(spoofed(1), init(78, Optional.of(cookie))),
                knock(spoofed(1), init(77, Optional.of(Bytes.of(new byte[33])))))) {
            assertThat(decision).isInstanceOf(Decision.Answer.class);
        }
    }

    @Test
    void line36_aThousandTunnelsOfOnePeerStartTogetherWithoutCookies() {
        for (int i = 0; i < 1000; i++) {
            put(ofPeer().named("t" + i).ids("gateway" + i + ".example", "peer" + i + ".example"));
        }
        for (int i = 0; i < 1000; i++) {
            byte[] message = init(i + 1, Optional.empty());
            assertThat(knock(PEER, message)).as("number %d", i).isInstanceOf(Decision.Admit.class);
            endpoint.receive(new IkeDatagram(HERE, PEER, message), now);
        }
        assertThat(endpoint.halfOpenIkeSas()).isEqualTo(1000);
    }

    @Test
    void line36_messagesOfUnknownSasAreLetThroughSparingly() {
        put(ofAnybody());
        int admitted = 0;
        for (int i = 0; i < FLOOD; i++) {
            byte[] stray = IkeMessage.of(IkeHeader.request(i + 1, 7, ExchangeType.INFORMATIONAL, true, 2))
                    .encode();
            admitted += knock(spoofed(i), stray) instanceof Decision.Admit ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(100);
    }

    @Test
    void line36_whatNamesAnSaGoesBeforeWhatDoesNot() {
        put(ofPeer());
        byte[] request = init(7, Optional.empty());
        assertThat(precedence(PEER, request)).isEqualTo(Precedence.CONFIGURED_PEER);
        assertThat(precedence(spoofed(1), request)).isEqualTo(Precedence.STRANGER);
        assertThat(precedence(PEER, new byte[27])).isEqualTo(Precedence.CONFIGURED_PEER);
        endpoint.receive(new IkeDatagram(HERE, PEER, request), now);
        byte[] response = drain().getFirst().message();
        long responderSpi = ((DecodeResult.Ok) IkeMessage.decode(response))
                .message()
                .header()
                .responderSpi();
        byte[] auth = IkeMessage.of(IkeHeader.request(7, responderSpi, ExchangeType.IKE_AUTH, true, 1))
                .encode();
        assertThat(precedence(spoofed(1), auth)).isEqualTo(Precedence.HALF_OPEN_SA);
        // The initiator's SPI is its own, and no SA of ours.
        byte[] reversed = IkeMessage.of(IkeHeader.request(responderSpi, 7, ExchangeType.IKE_AUTH, true, 1))
                .encode();
        assertThat(precedence(spoofed(1), reversed)).isEqualTo(Precedence.STRANGER);

        ScriptedPeer established = new ScriptedPeer().establish();
        byte[] liveness = IkeMessage.of(established.request(ExchangeType.INFORMATIONAL, 2))
                .encode();
        assertThat(established.endpoint.precedence(liveness, 0, liveness.length, spoofed(1)))
                .isEqualTo(Precedence.KNOWN_SA);
    }

    private Precedence precedence(UdpAddress from, byte[] message) {
        return endpoint.precedence(message, 0, message.length, from);
    }
}
