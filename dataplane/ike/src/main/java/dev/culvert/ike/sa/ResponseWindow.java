package dev.culvert.ike.sa;

import org.jspecify.annotations.Nullable;

/** The peer's requests: one at a time; the last response is repeated octet for octet (RFC 7296 §2.1 to §2.3). */
final class ResponseWindow {
    private int expected;
    private @Nullable OutboundMessage lastResponse;
    private int repetitions;

    /** Whether this is the next request. */
    boolean isNext(int messageId) {
        return messageId == expected;
    }

    /** The ID of the next request. */
    int expected() {
        return expected;
    }

    /** The next request has that ID, which is not less than it was (RFC 6311 §5.1). */
    void moveTo(int messageId) {
        if (messageId != expected) {
            lastResponse = null;
        }
        expected = messageId;
    }

    /** The response to a request that was answered already, or null. */
    @Nullable
    OutboundMessage repeated(int messageId) {
        return messageId == expected - 1 ? lastResponse : null;
    }

    /** Counts that the last response is sent again. */
    int countRepetition() {
        return ++repetitions;
    }

    /** The next request was answered. */
    void answered(OutboundMessage response) {
        lastResponse = response;
        repetitions = 0;
        expected++;
    }
}
