package dev.culvert.ike.v1.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.ProposalKeywords;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.v1.message.ExchangeType;
import dev.culvert.ike.v1.message.IsakmpHeader;
import dev.culvert.ike.v1.message.KePayload;
import dev.culvert.ike.v1.message.NoncePayload;
import dev.culvert.ike.v1.message.SaPayload;
import dev.culvert.ike.v1.message.V1Decoded;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A recorded session of IKEv1 from its first message to its deletes, with the keys that one side logged. */
public final class CapturedSession {
    private static final SecretBytes PSK = SecretBytes.copyOf("culvert-test-psk".getBytes(StandardCharsets.US_ASCII));

    /** @param fromInitiator of phase 1 */
    public record Recorded(boolean fromInitiator, V1Decoded decoded) {}

    private final String name;
    private final KeyLines ike;
    private final KeyLines child;
    private final List<Recorded> recorded = new ArrayList<>();

    private CapturedSession(String name, List<String> lines) {
        this.name = name;
        this.ike = KeyLines.parse(lines.get(0));
        this.child = KeyLines.parse(lines.get(1));
        for (String line : lines.subList(2, lines.size())) {
            recorded.add(new Recorded(
                    line.startsWith(">"),
                    V1Message.decode(Bytes.ofHex(line.substring(2)).toArray())));
        }
    }

    public static List<CapturedSession> all() {
        return List.of(
                read("strongswan-main-psk.txt"),
                read("strongswan-aggressive-psk.txt"),
                read("strongswan-main-rsa.txt"),
                read("strongswan-main-ecdsa.txt"));
    }

    /** Sessions of another implementation with Cisco's. */
    public static List<CapturedSession> cisco() {
        return List.of(read("cisco-main-psk.txt"), read("cisco-aggressive-psk.txt"));
    }

    public static CapturedSession read(String resource) {
        return new CapturedSession(resource, KeyLines.lines("../" + resource));
    }

    public boolean hasPreSharedKey() {
        return name.contains("-psk");
    }

    KeyLines ike() {
        return ike;
    }

    KeyLines child() {
        return child;
    }

    /** All datagrams in their order, as far as they can be read without keys. */
    public List<Recorded> recorded() {
        return recorded;
    }

    public IkeSuite suite() {
        return IkeSuite.of(ProposalKeywords.parseV1(SecurityProtocol.IKE, ike.text("suite")));
    }

    ChildSuite childSuite() {
        return ChildSuite.of(ProposalKeywords.parseV1(SecurityProtocol.ESP, child.text("suite")));
    }

    public PhaseOneValues values() {
        return new PhaseOneValues(
                clear(false).header().initiatorCookie(),
                clear(false).header().responderCookie(),
                body(true, KePayload.class),
                body(false, KePayload.class),
                body(true, NoncePayload.class),
                body(false, NoncePayload.class),
                body(true, SaPayload.class));
    }

    public IsakmpKeys keys() {
        return hasPreSharedKey()
                ? IsakmpKeys.forPreSharedKey(
                        suite(), ike.has("psk") ? ike.secret("psk") : PSK, ike.secret("gxy"), values())
                : IsakmpKeys.forSignatures(suite(), ike.secret("gxy"), values());
    }

    /** The messages that were not encrypted. */
    public List<V1Message> clearMessages() {
        return recorded.stream()
                .filter(message -> message.decoded() instanceof V1Decoded.Ok)
                .map(message -> ((V1Decoded.Ok) message.decoded()).message())
                .toList();
    }

    /** The encrypted messages of phase 1, opened; the chain has moved on behind them. */
    public List<V1Message> openPhaseOne(CipherChain chain) {
        return open(chain, message -> message.messageId() == 0);
    }

    /** The messages of one exchange of phase 2. */
    public List<V1Message> open(CipherChain chain, int messageId) {
        return open(chain, message -> message.messageId() == messageId);
    }

    private List<V1Message> open(CipherChain chain, Predicate<IsakmpHeader> wanted) {
        List<V1Message> opened = new ArrayList<>();
        for (Recorded message : recorded) {
            if (message.decoded() instanceof V1Decoded.Encrypted(var sealed) && wanted.test(sealed.header())) {
                CipherChain.Opened plain = chain.open(sealed.ciphertext()).orElseThrow();
                V1Decoded decoded = sealed.opened(plain.payloads());
                assertThat(decoded).isInstanceOf(V1Decoded.Ok.class);
                opened.add(((V1Decoded.Ok) decoded).message());
                chain.accept(plain);
            }
        }
        return opened;
    }

    /** Message IDs of exchanges of that type, in their order. */
    public List<Integer> messageIds(ExchangeType type) {
        return recorded.stream()
                .filter(message -> message.decoded() instanceof V1Decoded.Encrypted)
                .map(message ->
                        ((V1Decoded.Encrypted) message.decoded()).message().header())
                .filter(header -> header.is(type))
                .map(header -> header.messageId())
                .distinct()
                .toList();
    }

    private V1Message clear(boolean fromInitiator) {
        return recorded.stream()
                .filter(message -> message.fromInitiator() == fromInitiator)
                .filter(message -> message.decoded() instanceof V1Decoded.Ok)
                .map(message -> ((V1Decoded.Ok) message.decoded()).message())
                .findFirst()
                .orElseThrow();
    }

    private <T extends V1Payload> Bytes body(boolean fromInitiator, Class<T> kind) {
        for (Recorded message : recorded) {
            if (message.fromInitiator() == fromInitiator
                    && message.decoded() instanceof V1Decoded.Ok(V1Message clear)
                    && clear.first(kind).isPresent()) {
                return clear.body(clear.first(kind).get());
            }
        }
        throw new IllegalStateException(name + " has no " + kind.getSimpleName());
    }

    @Override
    public String toString() {
        return name;
    }
}
