package dev.culvert.ike.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.KeyExchangeMethod;
import dev.culvert.crypto.MessageCiphers;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What anybody can send to a responder: IKE_SA_INIT and what pretends to belong to an SA. */
class StrangerTest {
    private static final UdpAddress HERE = UdpAddress.of("192.0.2.1", 500);
    private static final UdpAddress PEER = UdpAddress.of("192.0.2.2", 500);
    private static final Duration LIFETIME = Duration.ofSeconds(60);

    private final RandomSource random = RandomSource.seeded(7);
    private final List<AuditRecord> audit = new ArrayList<>();
    private long now = 1_000_000_000L;

    private IkeEndpoint endpoint(EndpointConfig.HalfOpenLimits limits) {
        IkeEndpoint endpoint = new IkeEndpoint(EndpointConfig.defaults().withHalfOpen(limits), RandomSource.seeded(1));
        endpoint.command(
                new Command.PutTunnel(Tunnels.of("192.0.2.1", "192.0.2.2", "gateway.example", "peer.example")
                        .ikeProposals("aes256gcm16-prfsha384-x25519-ecp256")
                        .start(StartAction.NONE)
                        .build()),
                now);
        answers(endpoint);
        return endpoint;
    }

    private static EndpointConfig.HalfOpenLimits limits(int cookieAt) {
        return new EndpointConfig.HalfOpenLimits(cookieAt, 100, 100, Duration.ofSeconds(30), LIFETIME, 3);
    }

    private List<byte[]> answers(IkeEndpoint endpoint) {
        List<byte[]> sent = new ArrayList<>();
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            if (output instanceof Output.Transmit transmit) {
                sent.add(transmit.message());
            } else if (output instanceof Output.Audit(AuditRecord event)) {
                audit.add(event);
            }
        }
        return sent;
    }

    private List<byte[]> say(IkeEndpoint endpoint, UdpAddress from, byte[] message) {
        endpoint.receive(new IkeDatagram(HERE, from, message), now);
        return answers(endpoint);
    }

    private static IkeMessage only(List<byte[]> answers) {
        assertThat(answers).hasSize(1);
        return ((DecodeResult.Ok) IkeMessage.decode(answers.getFirst())).message();
    }

    private static Proposal proposal() {
        return Tunnels.ike("aes256gcm16-prfsha384-x25519-ecp256").getFirst();
    }

    private byte[] init(long spi, Optional<Bytes> cookie, Proposal proposal, int group, byte[] publicValue) {
        List<Payload> payloads = new ArrayList<>();
        cookie.ifPresent(c -> payloads.add(NotifyPayload.of(NotifyType.COOKIE, c)));
        payloads.add(new SaPayload(List.of(SaProposal.of(1, Bytes.EMPTY, proposal))));
        payloads.add(new KePayload(group, Bytes.of(publicValue)));
        payloads.add(new NoncePayload(Bytes.of(new byte[32])));
        return new IkeMessage(IkeHeader.request(spi, 0, ExchangeType.IKE_SA_INIT, true, 0), payloads).encode();
    }

    private byte[] init(long spi, Optional<Bytes> cookie) {
        return init(
                spi,
                cookie,
                proposal(),
                KeyExchangeMethod.X25519.id(),
                KeyExchange.generate(KeyExchangeMethod.X25519, random).publicValue());
    }

    @Test
    void line07_initiatorSpiZeroIsDropped() {
        IkeEndpoint endpoint = endpoint(limits(30));
        assertThat(say(endpoint, PEER, init(0, Optional.empty()))).isEmpty();
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        assertThat(audit).last().extracting(AuditRecord::event).isEqualTo(AuditEvent.DATAGRAM_DROPPED);
    }

    @Test
    void line06_missingPayloadsLeaveNoState() {
        IkeEndpoint endpoint = endpoint(limits(30));
        IkeHeader header = IkeHeader.request(7, 0, ExchangeType.IKE_SA_INIT, true, 0);
        byte[] lacksKe = IkeMessage.of(
                        header,
                        new SaPayload(List.of(SaProposal.of(1, Bytes.EMPTY, proposal()))),
                        new NoncePayload(Bytes.of(new byte[32])))
                .encode();
        say(endpoint, PEER, lacksKe);
        assertThat(endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void line10_anotherGroupIsAnsweredWithTheOneWeWantAndNoState() {
        IkeEndpoint endpoint = endpoint(limits(30));
        IkeMessage answer = only(say(endpoint, PEER, init(7, Optional.empty(), proposal(), 19, new byte[64])));
        NotifyPayload invalidKe = answer.notify(NotifyType.INVALID_KE_PAYLOAD).orElseThrow();
        assertThat(invalidKe.data().u16(0)).isEqualTo(KeyExchangeMethod.X25519.id());
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        // Again and again: the same answer, never anything else.
        for (int i = 0; i < 100; i++) {
            assertThat(say(endpoint, PEER, init(7, Optional.empty(), proposal(), 19, new byte[64])))
                    .hasSize(1);
        }
        assertThat(endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void line11_aGroupOfThePrivateRangeIsNotChosen() {
        IkeEndpoint endpoint = endpoint(limits(30));
        Proposal offered = new Proposal(
                SecurityProtocol.IKE,
                List.of(new Transform(1, 20, 256), new Transform(2, 6, 0), new Transform(4, 0xff00, 0)));
        IkeMessage answer = only(say(endpoint, PEER, init(7, Optional.empty(), offered, 0xff00, new byte[32])));
        assertThat(answer.has(NotifyType.NO_PROPOSAL_CHOSEN)).isTrue();
        assertThat(endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void line12_publicValueOfWrongLengthIsInvalidSyntax() {
        IkeEndpoint endpoint = endpoint(limits(30));
        for (int length : new int[] {0, 1, 31, 33}) {
            IkeMessage answer = only(say(
                    endpoint,
                    PEER,
                    init(7, Optional.empty(), proposal(), KeyExchangeMethod.X25519.id(), new byte[length])));
            assertThat(answer.has(NotifyType.INVALID_SYNTAX)).isTrue();
        }
        assertThat(endpoint.halfOpenIkeSas()).isZero();
    }

    @Test
    void line24_cookies() {
        IkeEndpoint endpoint = endpoint(limits(0));
        Bytes cookie = cookie(endpoint, PEER, 7);
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        byte[] mangled = cookie.toArray();
        mangled[5] ^= 1;
        // Mangled, of another address, of another SPI, empty, too long: a new cookie, and no state.
        assertThat(cookie(endpoint, PEER, 7, Bytes.of(mangled))).isNotNull();
        assertThat(cookie(endpoint, UdpAddress.of("192.0.2.3", 500), 7, cookie)).isNotNull();
        assertThat(cookie(endpoint, PEER.withPort(501), 7, cookie)).isNotNull();
        assertThat(cookie(endpoint, PEER, 8, cookie)).isNotNull();
        assertThat(cookie(endpoint, PEER, 7, Bytes.of(new byte[64]))).isNotNull();
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        // Stale: two lifetimes later.
        now += 2 * LIFETIME.toNanos() + 1;
        assertThat(cookie(endpoint, PEER, 7, cookie)).isNotNull();
        // Good, also right after the secret changed.
        Bytes fresh = cookie(endpoint, PEER, 7);
        now += LIFETIME.toNanos() - 1;
        assertThat(only(say(endpoint, PEER, init(7, Optional.of(fresh)))).has(NotifyType.COOKIE))
                .isFalse();
        assertThat(endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    private Bytes cookie(IkeEndpoint endpoint, UdpAddress from, long spi) {
        return only(say(endpoint, from, init(spi, Optional.empty())))
                .notify(NotifyType.COOKIE)
                .orElseThrow()
                .data();
    }

    private Bytes cookie(IkeEndpoint endpoint, UdpAddress from, long spi, Bytes old) {
        return only(say(endpoint, from, init(spi, Optional.of(old))))
                .notify(NotifyType.COOKIE)
                .orElseThrow()
                .data();
    }

    @Test
    void line36_aFloodOfSpoofedInitsCostsCookiesOnlyAndLetsTheConfiguredPeerIn() {
        IkeEndpoint endpoint = endpoint(EndpointConfig.HalfOpenLimits.defaults());
        byte[] publicValue =
                KeyExchange.generate(KeyExchangeMethod.X25519, random).publicValue();
        int cookies = 0;
        for (int i = 0; i < 20_000; i++) {
            UdpAddress spoofed = UdpAddress.of("198.51." + (i >> 8) + "." + (i & 0xff), 500);
            byte[] message = init(i + 1, Optional.empty(), proposal(), KeyExchangeMethod.X25519.id(), publicValue);
            IkeMessage answer = only(say(endpoint, i % 2 == 0 ? spoofed : PEER, message));
            cookies += answer.has(NotifyType.COOKIE) ? 1 : 0;
        }
        assertThat(endpoint.halfOpenIkeSas()).isLessThanOrEqualTo(30);
        assertThat(cookies).isGreaterThan(9_900);
        // The peer itself returns its cookie and gets in.
        Bytes cookie = cookie(endpoint, PEER, 99);
        assertThat(only(say(endpoint, PEER, init(99, Optional.of(cookie)))).first(KePayload.class))
                .isPresent();
        // Half-open SAs end by themselves.
        now += Duration.ofSeconds(31).toNanos();
        endpoint.timeout(now);
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        assertThat(endpoint.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void line37_garbageAuthKeepsTheKeysAndIsCapped() {
        IkeEndpoint endpoint = endpoint(limits(30));
        IkeMessage answer = only(say(endpoint, PEER, init(7, Optional.empty())));
        long responderSpi = answer.header().responderSpi();
        IkeHeader auth = IkeHeader.request(7, responderSpi, ExchangeType.IKE_AUTH, true, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(endpoint.halfOpenIkeSas()).isEqualTo(1);
            assertThat(say(endpoint, PEER, garbage(auth))).isEmpty();
        }
        assertThat(endpoint.halfOpenIkeSas()).isZero();
        assertThat(say(endpoint, PEER, garbage(auth))).isEmpty();
    }

    /** A protected message under keys that nobody agreed on. */
    private byte[] garbage(IkeHeader header) {
        IkeSuite suite = IkeSuite.of(Tunnels.ike("aes256gcm16-prfsha384-x25519").getFirst());
        return IkeMessage.of(header, NotifyPayload.of(NotifyType.INITIAL_CONTACT))
                .encode(MessageCiphers.forIke(
                        suite,
                        SecretBytes.wrap(random.bytes(suite.encryptionKeyLength())),
                        SecretBytes.empty(),
                        random));
    }

    @Test
    void line31_aRepeatedInitGetsTheSameOctetsAndNoSecondState() {
        IkeEndpoint endpoint = endpoint(limits(30));
        byte[] request = init(7, Optional.empty());
        byte[] first = say(endpoint, PEER, request).getFirst();
        byte[] second = say(endpoint, PEER, request).getFirst();
        assertThat(second).isEqualTo(first);
        assertThat(endpoint.halfOpenIkeSas()).isEqualTo(1);
    }

    @Test
    void line40_oneReplyForOneDatagramUntilThePathIsProved() {
        IkeEndpoint endpoint = endpoint(limits(30));
        byte[] request = init(7, Optional.empty());
        List<byte[]> answers = say(endpoint, PEER, request);
        assertThat(answers).hasSize(1);
        assertThat(answers.getFirst().length).isLessThan(request.length + 100);
        // The responder never repeats by itself.
        while (endpoint.deadline() != Long.MAX_VALUE) {
            now = endpoint.deadline();
            endpoint.timeout(now);
            assertThat(answers(endpoint)).isEmpty();
        }
    }

    @Test
    void messagesToUnknownSpisAreAnsweredSparingly() {
        IkeEndpoint endpoint = endpoint(limits(30));
        byte[] stray = garbage(IkeHeader.request(7, 8, ExchangeType.INFORMATIONAL, true, 3));
        int answered = 0;
        for (int i = 0; i < 1000; i++) {
            answered += say(endpoint, PEER, stray).size();
        }
        assertThat(answered).isEqualTo(10);
    }
}
