package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.Hash;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeHeader;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.Exchange;
import dev.culvert.ike.sa.IkeSa;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Quick crash detection (RFC 6290): each side gives the other a token for the IKE SA, within its protection. Who has
 * restarted and lost the SA makes the token again, from a secret that survived and the SPIs, and sends it in the clear:
 * the other side knows then that the SA is gone and does not wait for liveness checks to fail.
 *
 * <pre>
 * HDR, SK {IDi, AUTH, N(QCD_TOKEN), SAi2, …}  --&gt;          in IKE_AUTH
 *                          &lt;--  HDR, SK {IDr, AUTH, N(QCD_TOKEN), SAr2, …}
 * HDR, SK {SA, Ni, KEi}                       --&gt;          in the rekeying of the IKE SA
 *                          &lt;--  HDR, SK {SA, Nr, KEr, N(QCD_TOKEN)}
 * HDR(heir), SK {N(QCD_TOKEN)}                --&gt;          by the initiator after that
 * HDR, SK {…}                                 --&gt;          to one that has restarted
 *                          &lt;--  HDR, N(INVALID_IKE_SPI), N(QCD_TOKEN)
 * </pre>
 *
 * Left out: tokens that depend on the taker's address (§5.2), since a NAT may change that.
 */
public final class CrashToken implements Exchange {
    /** §4.1: of an IKE SA, though without its SPI. */
    private static final int PROTOCOL = 1;
    /** What we keep of a peer; ours has 32 octets. */
    private static final int MIN_LENGTH = 16;

    private static final int MAX_LENGTH = 2048;

    private CrashToken() {}

    /** Our token for an SA; empty if we could not make it again after a restart. */
    static Optional<NotifyPayload> of(IkeSa sa) {
        return of(sa.context().config(), sa.initiatorSpi(), sa.responderSpi());
    }

    /**
     * Our token for an SA that we do not know any more. Not for one that we know by either SPI (§9.2): whoever asks
     * could end it.
     */
    public static Optional<NotifyPayload> of(EndpointConfig config, long initiatorSpi, long responderSpi) {
        return config.crashSecret()
                .map(secret -> new NotifyPayload(
                        PROTOCOL,
                        Bytes.EMPTY,
                        NotifyType.QUICK_CRASH_DETECTION.id(),
                        token(secret, initiatorSpi, responderSpi)));
    }

    /** §5.1: a hash of secret, SPIi and SPIr. */
    private static Bytes token(SecretBytes secret, long initiatorSpi, long responderSpi) {
        byte[] spis = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(initiatorSpi)
                .putLong(responderSpi)
                .array();
        return Bytes.of(Hash.SHA2_256.digest(secret.bytes(), spis));
    }

    /** Keeps the peer's token, if an authentic message has one. */
    static void remember(IkeSa sa, IkeMessage message) {
        message.notify(NotifyType.QUICK_CRASH_DETECTION)
                .map(NotifyPayload::data)
                .filter(token -> token.length() >= MIN_LENGTH && token.length() <= MAX_LENGTH)
                .ifPresent(sa::crashToken);
    }

    /**
     * After a rekeying that we began, the peer has no token for the heir yet (§4.3). Nothing is sent to a peer that has
     * shown no interest.
     */
    static void renew(IkeSa old, IkeSa heir) {
        if (old.crashToken().isPresent() && of(heir).isPresent()) {
            heir.enqueue(new CrashToken());
        }
    }

    /** Whether an unprotected response proves that the peer has lost the SA (§4.5). */
    public static boolean proves(IkeSa sa, IkeMessage response) {
        IkeHeader header = response.header();
        Optional<Bytes> expected = sa.crashToken();
        return header.response()
                && header.initiatorSpi() == sa.initiatorSpi()
                && header.responderSpi() == sa.responderSpi()
                && response.has(NotifyType.INVALID_IKE_SPI)
                && expected.isPresent()
                && response.all(NotifyPayload.class).stream()
                        .filter(n -> n.is(NotifyType.QUICK_CRASH_DETECTION))
                        .anyMatch(n -> MessageDigest.isEqual(
                                n.data().toArray(), expected.get().toArray()));
    }

    @Override
    public ExchangeType type() {
        return ExchangeType.INFORMATIONAL;
    }

    @Override
    public boolean concernsChildren() {
        return false;
    }

    @Override
    public Optional<List<Payload>> request(IkeSa sa, long nowNanos) {
        return of(sa).map(List::of);
    }

    @Override
    public void response(IkeSa sa, IkeMessage response, long nowNanos) {}
}
