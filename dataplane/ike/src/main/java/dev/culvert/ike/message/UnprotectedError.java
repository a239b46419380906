package dev.culvert.ike.message;

import java.util.Optional;

/**
 * A message that nobody vouches for and that cannot be used: drop it, count the reason, change no state (RFC 7296
 * §2.21). It may be a forgery.
 *
 * @param reason for counters
 * @param detail for people
 * @param header empty if not even that could be read
 * @param answer what RFC 7296 §2.5 lets a responder say to an unprotected <em>request</em> all the same, without keeping
 *     state: INVALID_MAJOR_VERSION, UNSUPPORTED_CRITICAL_PAYLOAD
 */
public record UnprotectedError(Reason reason, String detail, Optional<IkeHeader> header, Optional<NotifyPayload> answer)
        implements DecodeResult, OpenResult {

    /** Why a message was dropped. */
    public enum Reason {
        /** Fewer octets than a header has. */
        TOO_SHORT,
        /** The header's length is not the datagram's. */
        LENGTH_MISMATCH,
        /** Initiator SPI zero. */
        NO_INITIATOR_SPI,
        /** IKEv1, which this decoder does not read. */
        IKE_V1,
        /** A major version other than 1 and 2. */
        INVALID_MAJOR_VERSION,
        /** A payload chain or a payload against RFC 7296 §3. */
        MALFORMED,
        /** More payloads, proposals, … than the bounds allow. */
        TOO_MUCH,
        /** An unknown payload marked critical. */
        UNSUPPORTED_CRITICAL_PAYLOAD,
        /** Payloads that this exchange does not have, or lacks ones that it needs. */
        WRONG_PAYLOADS,
        /** No protection where there must be one. */
        NOT_PROTECTED,
        /** An exchange that this package does not know. */
        UNKNOWN_EXCHANGE,
        /** The integrity check failed, or the body is too short or its padding too long for one (bad inputs 20). */
        INTEGRITY
    }
}
