package dev.culvert.ike.message;

/** Bounds on what one message may hold, so that reading it is bounded work (bad inputs 3), and range checks. */
final class Limits {
    /** All payloads of a message, outer and inner. The largest legitimate ones carry some tens. */
    static final int MAX_PAYLOADS = 128;
    /** Proposals of one SA payload: RFC 7296 §3.3.1 numbers them in one octet, peers send a handful. */
    static final int MAX_PROPOSALS = 64;
    /** Transforms of one SA payload, over all its proposals. */
    static final int MAX_TRANSFORMS = 1024;
    /** Attributes of one transform: key length is the only one assigned. */
    static final int MAX_TRANSFORM_ATTRIBUTES = 16;
    /** Attributes of one configuration payload. */
    static final int MAX_CONFIGURATION_ATTRIBUTES = 256;
    /** SPIs of one Delete payload. */
    static final int MAX_DELETED_SPIS = 1024;

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
