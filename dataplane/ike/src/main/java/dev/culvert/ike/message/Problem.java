package dev.culvert.ike.message;

import java.util.Optional;

/**
 * What is wrong with received octets, before it is known whether somebody vouches for them.
 *
 * @param answer what the peer may be told: see {@link UnprotectedError} and {@link OpenResult.ProtectedError}
 */
record Problem(UnprotectedError.Reason reason, String detail, NotifyPayload answer) {
    static Problem malformed(String detail) {
        return invalidSyntax(UnprotectedError.Reason.MALFORMED, detail);
    }

    static Problem tooMuch(String detail) {
        return invalidSyntax(UnprotectedError.Reason.TOO_MUCH, detail);
    }

    static Problem invalidSyntax(UnprotectedError.Reason reason, String detail) {
        return new Problem(reason, detail, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
    }

    /** RFC 7296 §2.5: the notify carries the one-octet payload type. */
    static Problem unsupportedCritical(int payloadType) {
        return new Problem(
                UnprotectedError.Reason.UNSUPPORTED_CRITICAL_PAYLOAD,
                PayloadType.nameOf(payloadType) + " is unknown and critical",
                NotifyPayload.of(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Bytes.of(new byte[] {(byte) payloadType})));
    }

    /** For a message that nobody vouches for. INVALID_SYNTAX is never said in the clear (RFC 7296 §3.10.1). */
    UnprotectedError unprotected(IkeHeader header) {
        boolean tell = reason == UnprotectedError.Reason.UNSUPPORTED_CRITICAL_PAYLOAD && !header.response();
        return new UnprotectedError(reason, detail, Optional.of(header), tell ? Optional.of(answer) : Optional.empty());
    }

    /** For a message whose integrity check held. */
    OpenResult.ProtectedError authentic(IkeHeader header) {
        return new OpenResult.ProtectedError(header, answer, detail);
    }
}
