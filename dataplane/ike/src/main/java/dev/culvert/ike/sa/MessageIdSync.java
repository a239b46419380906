package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.ExchangeType;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Message IDs after a fail-over of a peer that is a cluster (RFC 6311 §4.2, §5.1). The member that took over does not know
 * how far the one before it had come, so it says from which message ID on it will ask (M1) and which it expects from us
 * (P1), in a request with message ID 0:
 *
 * <pre>
 * &lt;--  HDR, SK {N(IKEV2_MESSAGE_ID_SYNC: nonce, M1, P1)}
 *       HDR, SK {N(IKEV2_MESSAGE_ID_SYNC: the same nonce, P2, M2)}  --&gt;
 * </pre>
 *
 * M2 and P2 hold from then on: they are M1 and P1, but never less than what is next on our side. What the old member did
 * not answer is asked again under a new message ID.
 *
 * <p>Left out: we are no cluster, so we ask for no such thing, and the counters of ESP and AH
 * (IPSEC_REPLAY_COUNTER_SYNC) are not synchronised; a member has to leave room in its own.
 */
final class MessageIdSync {
    private static final int DATA_LENGTH = 12;
    private static final int NONCE_LENGTH = 4;
    private static final int EXPECTED_SEND = 4;
    private static final int EXPECTED_RECEIVE = 8;

    private final IkeSa sa;
    private final Requests requests;
    private final ResponseWindow responses;
    private final Sealing sealing;
    private boolean agreed;
    /** What was answered last, and with what: a repeated request changes nothing any more. */
    private Bytes answered = Bytes.EMPTY;

    private @Nullable OutboundMessage answer;

    MessageIdSync(IkeSa sa, Requests requests, ResponseWindow responses, Sealing sealing) {
        this.sa = sa;
        this.requests = requests;
        this.responses = responses;
        this.sealing = sealing;
    }

    /** Both sides said in IKE_AUTH that they can; an heir goes on with that. */
    void agreed(boolean byBoth) {
        agreed = byBoth;
    }

    boolean agreed() {
        return agreed;
    }

    /** Whether the request is one to synchronise; with any other message ID than 0 the notify means nothing. */
    static boolean isAskedIn(IkeMessage request) {
        return request.header().messageId() == 0
                && request.header().is(ExchangeType.INFORMATIONAL)
                && request.has(NotifyType.IKEV2_MESSAGE_ID_SYNC);
    }

    /** The answer, or none to a request that must be dropped without a word: a replay, or senseless. */
    Optional<OutboundMessage> answer(IkeMessage request, IkeDatagram datagram, long nowNanos) {
        Bytes asked = request.notify(NotifyType.IKEV2_MESSAGE_ID_SYNC)
                .map(NotifyPayload::data)
                .orElse(Bytes.EMPTY);
        if (!agreed || asked.length() != DATA_LENGTH) {
            return Optional.empty();
        }
        int m1 = asked.u32(EXPECTED_SEND);
        int p1 = asked.u32(EXPECTED_RECEIVE);
        // A peer that came to 2^31 messages should have rekeyed long ago (RFC 7296 §2.2).
        if (m1 < responses.expected() || p1 < 0) {
            return Optional.empty();
        }
        if (asked.equals(answered)) {
            return Optional.ofNullable(answer);
        }
        sa.heard(datagram, nowNanos);
        responses.moveTo(m1);
        int p2 = requests.moveTo(p1);
        OutboundMessage made = sealing.seal(IkeMessage.of(
                request.header().reply(),
                NotifyPayload.of(NotifyType.IKEV2_MESSAGE_ID_SYNC, data(asked.slice(0, NONCE_LENGTH), p2, m1))));
        answered = asked;
        answer = made;
        sa.audit(
                AuditEvent.MESSAGE_IDS_SYNCHRONISED,
                Map.of("spis", sa.spis(), "next_request", Integer.toString(p2), "expected", Integer.toString(m1)),
                "another member of the peer's cluster took over: our next request is " + p2 + ", its next is " + m1);
        return Optional.of(made);
    }

    private static Bytes data(Bytes nonce, int send, int receive) {
        return Bytes.of(ByteBuffer.allocate(DATA_LENGTH)
                .put(nonce.toArray())
                .putInt(send)
                .putInt(receive)
                .array());
    }
}
