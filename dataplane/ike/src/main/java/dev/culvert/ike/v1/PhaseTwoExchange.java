package dev.culvert.ike.v1;

import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.message.V1Message;

/**
 * An exchange of phase 2 under an {@link IsakmpSa}, kept there by its message ID. The SA does what is the same for all of
 * them: it decrypts, encrypts and moves the chain of IVs, sends our last message again while an answer to it is awaited, and
 * once for each time that the peer repeats what it answers. So a message is given to {@link #receive} only once.
 */
public interface PhaseTwoExchange {
    /** Sends the first message, by {@link IsakmpSa#send}; not called for an exchange that the peer begins. */
    void start(long nowNanos);

    /**
     * Takes in a decrypted message of the peer; answers by {@link IsakmpSa#send} and ends by {@link IsakmpSa#finish}.
     *
     * @return whether it is authentic (its HASH is right), and the one that had to come next. Otherwise nothing must have
     *     changed: the message is counted as dropped, and the chain of IVs stays where it is
     */
    boolean receive(V1Message message, long nowNanos);

    /** The peer repeats its last message: ours, which answers it, has not arrived, and was sent again. */
    default void repeated(long nowNanos) {}

    /** The peer did not answer our last message, sent as often as may be; the SA has forgotten the exchange. */
    void unanswered(long nowNanos);

    /** The SA ended, and the exchange with it. */
    void aborted(long nowNanos);

    /** When {@link #timeout} is due, besides what the SA repeats by itself. */
    default long deadline() {
        return Timers.NEVER;
    }

    /** Does what is due; harmless if nothing is. */
    default void timeout(long nowNanos) {}
}
