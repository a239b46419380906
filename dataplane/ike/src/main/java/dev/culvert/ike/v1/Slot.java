package dev.culvert.ike.v1;

import dev.culvert.ike.sa.Timers;
import dev.culvert.ike.v1.keymat.CipherChain;

/** An exchange of phase 2 as its ISAKMP SA keeps it. */
final class Slot {
    final PhaseTwoExchange exchange;
    final CipherChain chain;
    final Dialogue dialogue;
    /** Whether the peer began it. */
    final boolean peers;
    /** When something authentic came last on the SA, as the exchange's last message was sent. */
    long heardBefore;

    private boolean finished;
    private long forgetAt = Timers.NEVER;

    Slot(PhaseTwoExchange exchange, CipherChain chain, Dialogue dialogue, boolean peers) {
        this.exchange = exchange;
        this.chain = chain;
        this.dialogue = dialogue;
        this.peers = peers;
    }

    /** It is over, and only answers what the peer repeats until that time. */
    void finish(long newForgetAt) {
        finished = true;
        forgetAt = newForgetAt;
        dialogue.rest();
    }

    boolean isFinished() {
        return finished;
    }

    long forgetAt() {
        return forgetAt;
    }

    long deadline() {
        return finished ? forgetAt : Math.min(dialogue.dueAt(), exchange.deadline());
    }
}
