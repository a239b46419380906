package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Retransmission;
import org.jspecify.annotations.Nullable;

/** Our requests: one at a time, repeated until its response comes (RFC 7296 §2.1 to §2.3). */
final class RequestWindow {
    private int nextMessageId;
    private @Nullable OutboundMessage outstanding;
    private @Nullable Retransmission schedule;
    private int sent;
    private long giveUpAt = Timers.NEVER;

    /** The ID of the next request, or of the outstanding one. */
    int messageId() {
        return nextMessageId;
    }

    /** The outstanding request, or null. */
    @Nullable
    OutboundMessage outstanding() {
        return outstanding;
    }

    boolean isOutstanding() {
        return outstanding != null;
    }

    /**
     * Takes over a request that is being sent for the first time. It may replace the outstanding one, as in IKE_SA_INIT.
     *
     * @param newGiveUpAt when it is given up even if the schedule went on
     * @return when it is due again
     */
    long start(OutboundMessage request, Retransmission newSchedule, long newGiveUpAt, long nowNanos) {
        outstanding = request;
        schedule = newSchedule;
        giveUpAt = newGiveUpAt;
        sent = 1;
        return Math.min(giveUpAt, nowNanos + newSchedule.waitNanos(sent));
    }

    /** The request to repeat now, or null if it is time to give up. */
    @Nullable
    OutboundMessage repeat(long nowNanos) {
        if (schedule == null || sent > schedule.tries() || giveUpAt <= nowNanos) {
            return null;
        }
        sent++;
        return outstanding;
    }

    /** How often the outstanding request was sent. */
    int timesSent() {
        return sent;
    }

    /** When the outstanding request is due again after {@link #repeat}. */
    long due(long nowNanos) {
        return schedule == null ? Timers.NEVER : Math.min(giveUpAt, nowNanos + schedule.waitNanos(sent));
    }

    /** The response came: the ID is used up. */
    void complete() {
        outstanding = null;
        nextMessageId++;
    }

    /** The next request has that ID, or a higher one that is due anyway (RFC 6311 §5.1); none may be out. */
    void moveTo(int messageId) {
        nextMessageId = Math.max(nextMessageId, messageId);
    }

    /** Forgets the outstanding request. */
    void abandon() {
        outstanding = null;
    }
}
