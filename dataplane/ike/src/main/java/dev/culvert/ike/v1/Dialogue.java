package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.Retransmission;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.Timers;
import java.util.List;

/**
 * The messages of one exchange as they are on the wire: our last one, which may have to be sent again, and the peer's last
 * one, which may come again (RFC 2408 §5.1). Ours is repeated by a timer while it waits for an answer, and once for each
 * time that the peer repeats the message that it answers.
 */
final class Dialogue {
    private final Retransmission schedule;
    private List<byte[]> sent = List.of();
    private int times;
    private boolean fresh;
    private long dueAt = Timers.NEVER;
    private Bytes received = Bytes.EMPTY;

    Dialogue(Retransmission schedule) {
        this.schedule = schedule;
    }

    /** @param awaitsAnswer whether it is repeated until {@link #accepted} */
    void sent(List<byte[]> datagrams, boolean awaitsAnswer, long nowNanos) {
        sent = datagrams;
        times = 1;
        fresh = true;
        dueAt = awaitsAnswer ? nowNanos + schedule.waitNanos(1) : Timers.NEVER;
    }

    /** Whether that is the peer's last message once more. */
    boolean isRepetition(Bytes digest) {
        return digest.equals(received);
    }

    /** What answered the peer's last message; nothing if nothing did. */
    List<byte[]> answer() {
        return sent;
    }

    /**
     * The peer's next message was taken up. What was sent before it need not be repeated any more, and what was sent since
     * {@link #expect} is its answer.
     */
    void accepted(Bytes digest) {
        received = digest;
        if (!fresh) {
            sent = List.of();
            dueAt = Timers.NEVER;
        }
    }

    /** A message of the peer is about to be looked at. */
    void expect() {
        fresh = false;
    }

    /** Nothing is awaited any more. */
    void rest() {
        dueAt = Timers.NEVER;
    }

    /** When our last message is to be repeated, or given up. */
    long dueAt() {
        return dueAt;
    }

    /** How often our last message was sent by the timer. */
    int times() {
        return times;
    }

    /** What is to be sent again now that it is due; nothing if it was sent often enough. */
    List<byte[]> repeat(long nowNanos) {
        if (times > schedule.tries()) {
            dueAt = Timers.NEVER;
            return List.of();
        }
        times++;
        dueAt = nowNanos + schedule.waitNanos(times);
        return sent;
    }
}
