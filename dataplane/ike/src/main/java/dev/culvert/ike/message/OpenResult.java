package dev.culvert.ike.message;

/**
 * What opening an encrypted message gave. All but {@link UnprotectedError} comes from the peer: the integrity check held.
 * Only those may change the state of an SA.
 */
public sealed interface OpenResult
        permits OpenResult.Ok, OpenResult.Fragment, OpenResult.ProtectedError, UnprotectedError {

    /** The whole message with the payloads its exchange needs. */
    record Ok(IkeMessage message) implements OpenResult {}

    /**
     * One fragment (RFC 7383 §2.6). With all of them, in order, the message is {@link IkeMessage#ofPlaintext}.
     *
     * @param firstPayloadType from fragment 1; 0 in the others
     */
    record Fragment(IkeHeader header, int firstPayloadType, int fragmentNumber, int totalFragments, Bytes plaintext)
            implements OpenResult {}

    /**
     * Authentic but wrong (RFC 7296 §2.21.2, §2.21.3).
     *
     * @param answer what a response to it says: INVALID_SYNTAX, or UNSUPPORTED_CRITICAL_PAYLOAD with the type
     * @param detail for people
     */
    record ProtectedError(IkeHeader header, NotifyPayload answer, String detail) implements OpenResult {}
}
