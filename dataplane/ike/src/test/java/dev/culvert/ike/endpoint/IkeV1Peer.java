package dev.culvert.ike.endpoint;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.auth.AuthenticationMethod;
import dev.culvert.ike.v1.keymat.CipherChain;
import dev.culvert.ike.v1.keymat.IsakmpKeys;
import dev.culvert.ike.v1.keymat.PhaseOneValues;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.HashPayload;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.ike.v1.proposal.EncapsulationMode;
import dev.culvert.ike.v1.proposal.Lifetime;
import dev.culvert.ike.v1.proposal.Phase1Proposals;
import dev.culvert.ike.v1.proposal.Phase2Proposals;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An initiator of IKEv1 that knows the pre-shared key and no manners, as {@link ScriptedPeer} is one of IKEv2: it says to an
 * endpoint what a test wants, right or wrong, and looks after what the endpoint puts out. Without NAT traversal, network
 * and clock; {@link #now} is the test's to set.
 */
final class IkeV1Peer {
    static final int ESP_SPI = 0xc0ffee01;
    static final String SUITE = "aes128-sha256-modp2048";
    static final long COOKIE = 0x5c51b7edbee4L;

    final IkeEndpoint endpoint = new IkeEndpoint(EndpointConfig.defaults(), RandomSource.seeded(1));
    long now = 1_000_000_000L;
    /** What the endpoint has sent since it was last asked. */
    final List<byte[]> received = new ArrayList<>();
    /** Inbound SPIs of the pairs that the endpoint has installed. */
    final Set<Integer> installed = new HashSet<>();

    final List<AuditRecord> audit = new ArrayList<>();

    private final Tunnels tunnel;
    private final UdpAddress here = UdpAddress.of("192.0.2.2", 500);
    private final UdpAddress there = UdpAddress.of("192.0.2.1", 500);
    private final RandomSource random = RandomSource.seeded(2);
    private long responderCookie;
    private IsakmpKeys keys;
    private CipherChain phaseOne;

    IkeV1Peer() {
        this(Phase1Mode.MAIN);
    }

    @SuppressWarnings("NullAway.Init") // keys and chain are set by main mode
    IkeV1Peer(Phase1Mode mode) {
        tunnel = Tunnels.of("192.0.2.1", "192.0.2.2", "gateway.example", "peer.example")
                .ikeProposals(SUITE)
                .start(StartAction.NONE);
        endpoint.command(
                new Command.PutTunnel(tunnel.build().toBuilder()
                        .version(IkeVersion.IKEV1)
                        .phase1Mode(mode)
                        .build()),
                now);
        drain();
    }

    /** An offer of phase 1. */
    static SaPayload offer(String suite, AuthenticationMethod method) {
        return Phase1Proposals.offer(
                List.of(ProposalKeywords.parseV1(SecurityProtocol.IKE, suite)), method, Lifetime.ofSeconds(3600));
    }

    IsakmpHeader header(ExchangeType type, int messageId) {
        return IsakmpHeader.of(COOKIE, responderCookie, type, messageId);
    }

    static IsakmpHeader headerOf(byte[] datagram) {
        return switch (V1Message.decode(datagram)) {
            case V1Decoded.Ok(V1Message message) -> message.header();
            case V1Decoded.Encrypted(var message) -> message.header();
            case V1Decoded other -> throw new AssertionError("no message: " + other);
        };
    }

    /** Main mode as it should be: HDR, SA → ← HDR, SA; HDR, KE, Ni → ← HDR, KE, Nr; HDR*, IDii, HASH_I → ← HDR*, IDir, HASH_R. */
    IkeV1Peer establish() {
        SaPayload sa = offer(SUITE, AuthenticationMethod.PRE_SHARED_KEY);
        say(V1Message.of(header(ExchangeType.MAIN, 0), List.of(sa)));
        responderCookie = clearAnswer().header().responderCookie();

        KeyExchange exchange = KeyExchange.generate(
                Tunnels.ike(SUITE).getFirst().keyExchangeMethods().getFirst(), random);
        KePayload ke = new KePayload(Bytes.of(exchange.publicValue()));
        NoncePayload ni = new NoncePayload(Bytes.of(random.bytes(32)));
        say(V1Message.of(header(ExchangeType.MAIN, 0), List.of(ke, ni)));
        V1Message answer = clearAnswer();
        KePayload peersKe = answer.first(KePayload.class).orElseThrow();
        PhaseOneValues values = new PhaseOneValues(
                COOKIE,
                responderCookie,
                ke.data(),
                peersKe.data(),
                ni.data(),
                answer.first(NoncePayload.class).orElseThrow().data(),
                body(sa));
        try (SecretBytes psk = SecretBytes.copyOf(Bytes.utf8(tunnel.psk).toArray());
                SecretBytes gxy = exchange.agree(peersKe.data().toArray())) {
            keys = IsakmpKeys.forPreSharedKey(IkeSuite.of(Tunnels.ike(SUITE).getFirst()), psk, gxy, values);
        } catch (InvalidPublicValueException e) {
            throw new AssertionError(e);
        }
        phaseOne = keys.phaseOneChain(values);
        IdPayload id = IdPayload.of(Identity.ID_FQDN, Bytes.utf8("peer.example"));
        HashPayload hash = new HashPayload(keys.hashI(values, body(id)).body());
        say(sealed(phaseOne, V1Message.of(header(ExchangeType.MAIN, 0), List.of(id, hash))));
        open(phaseOne, received.removeFirst());
        if (endpoint.establishedIkeSas() != 1) {
            throw new AssertionError("not established: " + audit);
        }
        received.clear();
        return this;
    }

    /** Quick mode as it should be; its first message as the test has it. */
    void quickMode(int messageId, SaPayload offer, IdPayload idci, IdPayload idcr) {
        CipherChain chain = keys.phaseTwoChain(phaseOne, messageId);
        NoncePayload ni = new NoncePayload(Bytes.of(random.bytes(32)));
        Bytes rest = V1Message.encode(List.of(offer, ni, idci, idcr));
        say(sealed(
                chain,
                V1Message.of(
                        header(ExchangeType.QUICK, messageId),
                        List.of(new HashPayload(keys.hash1(messageId, rest).body()), offer, ni, idci, idcr))));
        Optional<V1Message> answer = received.stream()
                .filter(datagram -> headerOf(datagram).is(ExchangeType.QUICK))
                .findFirst()
                .map(datagram -> open(chain, datagram));
        answer.flatMap(message -> message.first(NoncePayload.class)).ifPresent(nr -> {
            HashPayload hash =
                    new HashPayload(keys.hash3(messageId, ni.data(), nr.data()).body());
            say(sealed(chain, V1Message.of(header(ExchangeType.QUICK, messageId), List.of(hash))));
        });
    }

    /** What the tunnel's child takes. */
    SaPayload childOffer() {
        return Phase2Proposals.offer(
                Tunnels.esp("aes256gcm16"),
                Optional.empty(),
                EncapsulationMode.of(IpsecMode.TUNNEL, false, false),
                Lifetime.ofSeconds(3600),
                ESP_SPI);
    }

    IdPayload ourNetwork() {
        return IdPayload.of(TrafficSelector.parse("10.2.0.0/16"));
    }

    IdPayload theirNetwork() {
        return IdPayload.of(TrafficSelector.parse("10.1.0.0/16"));
    }

    /** An informational exchange, with the right HASH or a test's own. */
    void inform(int messageId, Optional<HashPayload> hash, V1Payload... payloads) {
        List<V1Payload> all = new ArrayList<>();
        hash.ifPresent(all::add);
        all.addAll(List.of(payloads));
        say(sealed(
                keys.phaseTwoChain(phaseOne, messageId),
                V1Message.of(header(ExchangeType.INFORMATIONAL, messageId), all)));
    }

    HashPayload hashOf(int messageId, V1Payload... payloads) {
        return new HashPayload(
                keys.hash1(messageId, V1Message.encode(List.of(payloads))).body());
    }

    /** The informational exchanges that the endpoint sent, opened. */
    List<V1Message> informed() {
        return received.stream()
                .filter(datagram -> headerOf(datagram).is(ExchangeType.INFORMATIONAL))
                .map(datagram -> {
                    IsakmpHeader header = headerOf(datagram);
                    return header.encrypted()
                            ? open(keys.phaseTwoChain(phaseOne, header.messageId()), datagram)
                            : ((V1Decoded.Ok) V1Message.decode(datagram)).message();
                })
                .toList();
    }

    /** Any octets, as from the tunnel's peer. */
    void say(byte[] datagram) {
        endpoint.receive(new IkeDatagram(there, here, datagram), now);
        drain();
    }

    void say(V1Message message) {
        say(message.encode());
    }

    /** Cookies of the ISAKMP SA. */
    Bytes cookies() {
        return header(ExchangeType.INFORMATIONAL, 0).cookies();
    }

    /** Why datagrams were dropped. */
    List<String> drops() {
        return audit.stream()
                .filter(record -> record.event() == AuditEvent.DATAGRAM_DROPPED)
                .map(AuditRecord::message)
                .toList();
    }

    private static byte[] sealed(CipherChain chain, V1Message message) {
        return message.encode(Bytes.of(chain.seal(message.octets().toArray())));
    }

    private static V1Message open(CipherChain chain, byte[] datagram) {
        if (V1Message.decode(datagram) instanceof V1Decoded.Encrypted(var encrypted)) {
            CipherChain.Opened opened = chain.open(encrypted.ciphertext()).orElseThrow();
            if (encrypted.opened(opened.payloads()) instanceof V1Decoded.Ok(V1Message message)) {
                chain.accept(opened);
                return message;
            }
        }
        throw new AssertionError("cannot be opened");
    }

    private V1Message clearAnswer() {
        if (received.isEmpty()) {
            throw new AssertionError("no answer: " + audit);
        }
        return ((V1Decoded.Ok) V1Message.decode(received.removeFirst())).message();
    }

    private static Bytes body(V1Payload payload) {
        return V1Message.encode(List.of(payload)).slice(V1Payload.HEADER_LENGTH, payload.bodyLength());
    }

    private void drain() {
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            switch (output) {
                case Output.Transmit transmit -> received.add(transmit.message());
                case Output.InstallChildSa install ->
                    installed.add(install.parameters().spiIn());
                case Output.RemoveChildSa remove -> installed.remove(remove.spiIn());
                case Output.Audit(AuditRecord event) -> audit.add(event);
                default -> {}
            }
        }
    }
}
