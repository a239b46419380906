package dev.culvert.ike.sa;

import org.jspecify.annotations.Nullable;

/** The peer's requests: one at a time; the last response is repeated octet for octet (RFC 7296 §2.1 to §2.3). */
final class ResponseWindow {
    private int expected;
    private byte @Nullable [] lastResponse;

    /** Whether this is the next request. */
    boolean isNext(int messageId) {
        return messageId == expected;
    }

    /** The response to a request that was answered already, or null. */
    byte @Nullable [] repeated(int messageId) {
        return messageId == expected - 1 ? lastResponse : null;
    }

    /** The next request was answered. */
    void answered(byte[] response) {
        lastResponse = response;
        expected++;
    }
}
