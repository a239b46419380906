package dev.culvert.ike.v1.message;

/** Bounds on what one message may hold, so that reading it is bounded work, and range checks. */
final class Limits {
    /** All payloads of a message. Peers that send every vendor ID they have ever known send some twenty. */
    static final int MAX_PAYLOADS = 128;
    /** Proposals of one SA payload. */
    static final int MAX_PROPOSALS = 64;
    /** Transforms of one SA payload, over all its proposals. */
    static final int MAX_TRANSFORMS = 1024;
    /** Attributes of one transform. Some ten are usual; a private group takes all sixteen. */
    static final int MAX_ATTRIBUTES = 32;
    /** SPIs of one Delete payload. */
    static final int MAX_DELETED_SPIS = 1024;
    /** Octets behind the last payload of an encrypted message: padding, for which RFC 2409 appendix B sets no limit. */
    static final int MAX_PADDING = 256;

    private Limits() {}

    static void requireUnsigned(String what, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(what + " " + value + " is not in 0 to " + max);
        }
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
