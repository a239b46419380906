package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.ChildTimer;
import dev.culvert.ike.sa.IkeSa;
import java.time.Duration;

/** What happens to pairs that another pair takes the place of (RFC 7296 §2.8). */
final class Succession {
    /** How long the peer has to delete a pair that is its own to delete, when it is through with its request. */
    private static final Duration ABANDONED = Duration.ofSeconds(30);

    private Succession() {}

    /** The peer made {@code heir} and is to delete {@code old}. */
    static void byPeer(IkeSa sa, ChildSa old, ChildSa heir, long nowNanos) {
        old.replacedBy(heir);
        old.timers().set(ChildTimer.ABANDONED, abandoned(sa, nowNanos));
        activateLater(sa, heir, nowNanos);
    }

    /** We made {@code heir}, which sends already, and delete {@code old}. */
    static void byUs(IkeSa sa, ChildSa old, ChildSa heir) {
        old.replacedBy(heir);
        sa.deleteChild(old);
    }

    /** The peer is to delete a redundant pair that it made; it never sends here. */
    static void awaitDelete(IkeSa sa, ChildSa redundant, long nowNanos) {
        redundant.timers().clear();
        redundant.redundant();
        redundant.timers().set(ChildTimer.ABANDONED, nowNanos + ABANDONED.toNanos());
        sa.context().touched(sa);
    }

    /**
     * A pair that the peer made sends when something shows that the peer has it: its next request, or the end of the old
     * pair. If nothing does, then when the peer can be repeating its request no more, taking its patience to be ours.
     */
    static void activateLater(IkeSa sa, ChildSa child, long nowNanos) {
        if (!child.sending()) {
            child.timers().set(ChildTimer.ACTIVATE, nowNanos + repeating(sa));
        }
        sa.context().touched(sa);
    }

    private static long abandoned(IkeSa sa, long nowNanos) {
        return nowNanos + repeating(sa) + ABANDONED.toNanos();
    }

    private static long repeating(IkeSa sa) {
        return sa.context().config().established().totalNanos();
    }
}
