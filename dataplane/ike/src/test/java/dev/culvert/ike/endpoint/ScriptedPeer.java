package dev.culvert.ike.endpoint;

import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.InvalidPublicValueException;
import dev.culvert.crypto.KeyExchange;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.message.AuthPayload;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.DecodeResult;
import dev.culvert.ike.message.EncryptedMessage;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.Identification;
import dev.culvert.ike.message.IdiPayload;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.KePayload;
import dev.culvert.ike.message.NoncePayload;
import dev.culvert.ike.message.OpenResult;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.message.PayloadType;
import dev.culvert.ike.message.SaPayload;
import dev.culvert.ike.message.SaProposal;
import dev.culvert.ike.message.TsPayload;
import dev.culvert.ike.message.UnprotectedError;
import dev.culvert.ike.sa.SaKeys;
import dev.culvert.ike.v2.auth.Handshake;
import dev.culvert.ike.v2.auth.PeerAbilities;
import dev.culvert.ike.v2.auth.PskAuthentication;
import dev.culvert.ike.v2.keymat.IkeKeys;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An initiator that knows the secret and no manners: it says to an endpoint what a test wants, right or wrong, and looks
 * after what the endpoint puts out. Without network and clock; {@link #now} is the test's to set.
 */
final class ScriptedPeer {
    static final int ESP_SPI = 0xc0ffee01;
    private static final long SPI = 0x5c51b7edbee4L;

    final IkeEndpoint endpoint = new IkeEndpoint(EndpointConfig.defaults(), RandomSource.seeded(1));
    long now = 1_000_000_000L;
    /** What the endpoint has sent since it was last asked. */
    final List<byte[]> received = new ArrayList<>();
    /** Inbound SPIs of the pairs that the endpoint has installed. */
    final Set<Integer> installed = new HashSet<>();
    /** Inbound SPI of the pair that the endpoint took into use for sending last. */
    int sending;

    private final Tunnels tunnel;
    private final UdpAddress here = UdpAddress.of("192.0.2.2", 500);
    private final UdpAddress there = UdpAddress.of("192.0.2.1", 500);
    private final RandomSource random = RandomSource.seeded(2);
    private long responderSpi;
    private SaKeys keys;
    private IkeSuite suite;
    private Handshake handshake;

    ScriptedPeer() {
        this(t -> t);
    }

    @SuppressWarnings("NullAway.Init") // keys are set by init
    ScriptedPeer(UnaryOperator<Tunnels> change) {
        tunnel = change.apply(Tunnels.of("192.0.2.1", "192.0.2.2", "gateway.example", "peer.example")
                .start(StartAction.NONE));
        endpoint.command(new Command.PutTunnel(tunnel.build()), now);
        drain();
    }

    /** IKE_SA_INIT and IKE_AUTH as they should be; the next request has message ID 2. */
    ScriptedPeer establish(Payload... furtherInAuth) {
        return init().authenticate(furtherInAuth);
    }

    /** IKE_AUTH as it should be, after {@link #init}. */
    ScriptedPeer authenticate(Payload... further) {
        sayAuth(1, Bytes.EMPTY, further);
        if (installed.size() != 1 || endpoint.establishedIkeSas() != 1) {
            throw new AssertionError("not established");
        }
        received.clear();
        return this;
    }

    /** IKE_SA_INIT as it should be, with further payloads; the next request has message ID 1. */
    ScriptedPeer init(Payload... further) {
        suite = IkeSuite.of(tunnel.ikeProposals.getFirst());
        KeyExchange exchange = KeyExchange.generate(suite.keyExchange(), random);
        NoncePayload ni = new NoncePayload(Bytes.of(random.bytes(32)));
        List<Payload> payloads = new ArrayList<>(List.of(
                new SaPayload(List.of(SaProposal.of(1, Bytes.EMPTY, suite.proposal()))),
                new KePayload(suite.keyExchange().id(), Bytes.of(exchange.publicValue())),
                ni));
        payloads.addAll(List.of(further));
        byte[] request =
                new IkeMessage(IkeHeader.request(SPI, 0, ExchangeType.IKE_SA_INIT, true, 0), payloads).encode();
        say(request);
        byte[] response = received.removeFirst();
        IkeMessage answer = ((DecodeResult.Ok) IkeMessage.decode(response)).message();
        Bytes nr = answer.first(NoncePayload.class).orElseThrow().data();
        responderSpi = answer.header().responderSpi();
        keys = keys(suite, exchange, answer, ni.data(), nr);
        handshake = new Handshake(Bytes.of(request), Bytes.of(response), ni.data(), nr, PeerAbilities.NONE);
        return this;
    }

    /** IKE_AUTH as it should be. */
    void sayAuth(int messageId, Bytes intAuth, Payload... further) {
        IdiPayload idi = new IdiPayload(Identification.ofFqdn("peer.example"));
        AuthPayload auth = new PskAuthentication(
                        handshake.withIntAuth(intAuth),
                        keys,
                        SecretBytes.copyOf(Bytes.utf8(tunnel.psk).toArray()))
                .sign(true, idi);
        ChildConfig child = tunnel.children.getFirst();
        List<Payload> payloads = new ArrayList<>(List.of(
                idi,
                auth,
                new SaPayload(List.of(
                        SaProposal.of(1, Bytes.ofInt(ESP_SPI), child.proposals().getFirst()))),
                TsPayload.initiator(child.remoteSelectors()),
                TsPayload.responder(child.localSelectors())));
        payloads.addAll(List.of(further));
        say(request(ExchangeType.IKE_AUTH, messageId), payloads.toArray(Payload[]::new));
    }

    SaKeys keys() {
        return keys;
    }

    RandomSource random() {
        return random;
    }

    /** The keys after an additional key exchange (RFC 9370 §2.2.2). */
    void furtherKeys(SecretBytes secret) {
        keys = new SaKeys(
                suite,
                keys.keys()
                        .further(
                                suite,
                                secret,
                                handshake.ni().toArray(),
                                handshake.nr().toArray(),
                                SPI,
                                responderSpi),
                true,
                random);
    }

    private SaKeys keys(IkeSuite agreed, KeyExchange exchange, IkeMessage answer, Bytes ni, Bytes nr) {
        try (SecretBytes secret = exchange.agree(
                answer.first(KePayload.class).orElseThrow().data().toArray())) {
            IkeKeys ikeKeys = IkeKeys.initial(agreed, secret, ni.toArray(), nr.toArray(), SPI, responderSpi);
            return new SaKeys(agreed, ikeKeys, true, random);
        } catch (InvalidPublicValueException e) {
            throw new AssertionError(e);
        }
    }

    IkeHeader request(ExchangeType type, int messageId) {
        return IkeHeader.request(SPI, responderSpi, type, true, messageId);
    }

    IkeHeader response(ExchangeType type, int messageId) {
        return IkeHeader.response(SPI, responderSpi, type, true, messageId);
    }

    /** Any octets, as from the tunnel's peer. */
    void say(byte[] datagram) {
        endpoint.receive(new IkeDatagram(there, here, datagram), now);
        drain();
    }

    /** A message of that SA. */
    void say(IkeHeader header, Payload... payloads) {
        say(sealed(header, payloads));
    }

    /** The octets of a message of that SA. */
    byte[] sealed(IkeHeader header, Payload... payloads) {
        return IkeMessage.of(header, payloads).encode(keys.outbound());
    }

    /** A message of that SA, authentic, with anything in its SK payload. */
    void saySealed(IkeHeader header, int firstPayloadType, byte[] plaintext) {
        int skLength = Payload.HEADER_LENGTH + keys.outbound().sealedLength(plaintext.length);
        ByteBuffer prefix = ByteBuffer.allocate(IkeHeader.LENGTH + Payload.HEADER_LENGTH)
                .put(IkeMessage.of(header).encode())
                .put((byte) firstPayloadType)
                .put((byte) 0)
                .putShort((short) skLength)
                .put(16, (byte) PayloadType.SK.id())
                .putInt(24, IkeHeader.LENGTH + skLength);
        say(keys.outbound().seal(prefix.array(), plaintext));
    }

    /** What the endpoint has said and that the SA's keys open. */
    List<IkeMessage> heard() {
        List<IkeMessage> messages = new ArrayList<>();
        for (byte[] datagram : received) {
            switch (IkeMessage.decode(datagram)) {
                case DecodeResult.Ok(IkeMessage message) -> messages.add(message);
                case DecodeResult.Encrypted(EncryptedMessage message) -> {
                    if (message.open(keys.inbound()) instanceof OpenResult.Ok(IkeMessage opened)) {
                        messages.add(opened);
                    }
                }
                case UnprotectedError error -> throw new AssertionError("the endpoint says " + error);
            }
        }
        received.clear();
        return messages;
    }

    /** Lets time pass until nothing is due any more, for at most {@code steps} deadlines. */
    void pass(int steps) {
        for (int i = 0; i < steps && endpoint.deadline() != Long.MAX_VALUE; i++) {
            now = Math.max(now, endpoint.deadline());
            endpoint.timeout(now);
            drain();
        }
    }

    void drain() {
        for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
            switch (output) {
                case Output.Transmit transmit -> received.add(transmit.message());
                case Output.InstallChildSa install -> {
                    if (!installed.add(install.parameters().spiIn())) {
                        throw new AssertionError("installs an SPI twice: " + install);
                    }
                    sending = install.sending() ? install.parameters().spiIn() : sending;
                }
                case Output.RemoveChildSa remove -> {
                    if (!installed.remove(remove.spiIn())) {
                        throw new AssertionError("removes what is not there: " + remove);
                    }
                }
                case Output.ActivateChildSa activate -> {
                    requireInstalled(activate.spiIn());
                    sending = activate.spiIn();
                }
                case Output.UpdateChildSa update -> requireInstalled(update.spiIn());
                case Output.KeepAlive keepAlive -> {}
                case Output.OpenStream open -> {}
                case Output.KeepStream keep -> {}
                case Output.ReleaseStream release -> {}
                case Output.Status status -> {}
                case Output.ConfigurationApplied applied -> {}
                case Output.Audit audit -> {}
            }
        }
    }

    private void requireInstalled(int spiIn) {
        if (!installed.contains(spiIn)) {
            throw new AssertionError("no such pair: " + Integer.toHexString(spiIn));
        }
    }
}
