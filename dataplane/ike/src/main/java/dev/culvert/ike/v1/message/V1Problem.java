package dev.culvert.ike.v1.message;

import java.util.Optional;

/**
 * A message that cannot be used: drop it, count the reason. Nobody vouches for one in the clear. One that was encrypted may
 * come from the peer, be forged, or be encrypted with another key: only its HASH would tell, which cannot be checked.
 *
 * @param reason for counters
 * @param detail for people
 * @param answer what RFC 2408 §5 has the peer be told, if it is told anything
 */
public record V1Problem(Reason reason, String detail, NotifyType answer, Optional<IsakmpHeader> header)
        implements V1Decoded {

    /** Why a message was dropped. */
    public enum Reason {
        /** Fewer octets than a header has. */
        TOO_SHORT,
        /** The header's length is not the datagram's. */
        LENGTH_MISMATCH,
        /** Initiator cookie zero. */
        NO_INITIATOR_COOKIE,
        /** A major version other than 1. */
        INVALID_MAJOR_VERSION,
        /** A payload chain or a payload against RFC 2408 §3; also the result of decrypting with another key. */
        MALFORMED,
        /** More payloads, proposals, … than the bounds allow. */
        TOO_MUCH,
        /** A payload type that belongs to nobody, or to IKEv2. */
        INVALID_PAYLOAD_TYPE,
        /** Another domain of interpretation, or a situation with labels. */
        UNSUPPORTED_DOI
    }

    static V1Problem malformed(String detail) {
        return malformed(detail, NotifyType.PAYLOAD_MALFORMED);
    }

    static V1Problem malformed(String detail, NotifyType answer) {
        return of(Reason.MALFORMED, detail, answer);
    }

    static V1Problem tooMuch(String detail) {
        return of(Reason.TOO_MUCH, detail, NotifyType.PAYLOAD_MALFORMED);
    }

    static V1Problem of(Reason reason, String detail, NotifyType answer) {
        return new V1Problem(reason, detail, answer, Optional.empty());
    }

    V1Problem in(IsakmpHeader message) {
        return new V1Problem(reason, detail, answer, Optional.of(message));
    }
}
