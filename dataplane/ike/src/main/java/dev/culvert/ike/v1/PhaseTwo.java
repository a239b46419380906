package dev.culvert.ike.v1;

import dev.culvert.ike.v1.message.V1Message;

/** What phase 1 needs of the exchanges of phase 2. */
public interface PhaseTwo {
    /** The children of a new tunnel, none of them there. */
    PhaseTwoChildren children(V1Tunnel tunnel);

    /** The responder of a quick mode that the peer begins; gets the first message by {@link PhaseTwoExchange#receive}. */
    PhaseTwoExchange quickMode(IsakmpSa sa, int messageId);

    /**
     * An informational exchange of one message, whose HASH is right. What is about the ISAKMP SA itself goes to {@link
     * IsakmpSa#deletedByPeer}, {@link IsakmpSa#initialContact} and {@link IsakmpSa#liveness}.
     */
    void informational(IsakmpSa sa, V1Message message, long nowNanos);
}
