package dev.culvert.ike.sa;

import dev.culvert.ike.message.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What waits for additional key exchanges of the peer, by the link data that it has to give back (RFC 9370 §2.2.4). */
public final class Followups {
    /** A peer has one request out at a time; what it leaves lying must not pile up. */
    private static final int MOST = 4;

    private final IkeSa sa;
    private final Map<Bytes, Followup> byLink = new LinkedHashMap<>();

    Followups(IkeSa sa) {
        this.sa = sa;
    }

    public boolean isEmpty() {
        return byLink.isEmpty();
    }

    /** Whether the peer is about to replace this child. */
    public boolean rekey(ChildSa child) {
        return byLink.values().stream()
                .anyMatch(waiting -> waiting.rekeys().filter(child::equals).isPresent());
    }

    /** Lets one wait, for a while. */
    public void add(Bytes link, Followup followup, long nowNanos) {
        if (byLink.size() == MOST) {
            take(byLink.keySet().iterator().next()).ifPresent(oldest -> oldest.abandoned(sa));
        }
        byLink.put(link, followup);
        sa.awaitFollowup(nowNanos);
    }

    /** Takes out the one with that link data. */
    public Optional<Followup> take(Bytes link) {
        return Optional.ofNullable(byLink.remove(link));
    }

    /** Whether it still waits. */
    public boolean contains(Followup followup) {
        return byLink.containsValue(followup);
    }

    /** One will not be made: another SA took its place, or what it was to replace is gone. */
    public void drop(Followup followup) {
        if (byLink.values().remove(followup)) {
            followup.abandoned(sa);
        }
    }

    /** None will be made. */
    void abandon() {
        List<Followup> waiting = List.copyOf(byLink.values());
        byLink.clear();
        waiting.forEach(followup -> followup.abandoned(sa));
    }
}
