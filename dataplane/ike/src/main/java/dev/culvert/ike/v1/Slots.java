package dev.culvert.ike.v1;

import dev.culvert.ike.sa.Timers;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/** The exchanges of phase 2 under one ISAKMP SA, by message ID, and which message IDs are used up (RFC 2409 §5.5). */
final class Slots {
    /** Exchanges that a peer may have begun and not finished. */
    private static final int MOST_OF_PEER = 64;
    /** Finished ones that still answer what is repeated. */
    private static final int MOST_FINISHED = 256;
    /** Message IDs that are remembered: the oldest are forgotten first. */
    private static final int MOST_USED = 16_384;

    private final SequencedMap<Integer, Slot> byId = new LinkedHashMap<>();
    private final SequencedSet<Integer> used = new LinkedHashSet<>();

    Optional<Slot> find(int messageId) {
        return Optional.ofNullable(byId.get(messageId));
    }

    List<Slot> all() {
        return List.copyOf(byId.values());
    }

    boolean isUsed(int messageId) {
        return used.contains(messageId);
    }

    /** Nobody may begin another exchange by that ID: it would have the same IV. */
    void use(int messageId) {
        used.add(messageId);
        if (used.size() > MOST_USED) {
            used.removeFirst();
        }
    }

    /** Whether the peer may begin another exchange. */
    boolean hasRoomForPeer() {
        return byId.values().stream().filter(s -> s.peers && !s.isFinished()).count() < MOST_OF_PEER;
    }

    void put(int messageId, Slot slot) {
        byId.put(messageId, slot);
    }

    void remove(Slot slot) {
        byId.values().remove(slot);
    }

    void remove(int messageId) {
        byId.remove(messageId);
    }

    /** An exchange is over. */
    void finish(int messageId, long forgetAt) {
        Slot slot = byId.get(messageId);
        if (slot == null) {
            return;
        }
        slot.finish(forgetAt);
        if (byId.values().stream().filter(Slot::isFinished).count() > MOST_FINISHED) {
            byId.entrySet().stream()
                    .filter(e -> e.getValue().isFinished())
                    .findFirst()
                    .ifPresent(e -> byId.remove(e.getKey()));
        }
    }

    /** Forgets finished ones whose time is over. */
    void forget(long nowNanos) {
        byId.values().removeIf(slot -> slot.isFinished() && slot.forgetAt() <= nowNanos);
    }

    long deadline() {
        long next = Timers.NEVER;
        for (Slot slot : byId.values()) {
            next = Math.min(next, slot.deadline());
        }
        return next;
    }

    /** Takes out all that are not finished. */
    List<Slot> abandon() {
        List<Slot> open = byId.values().stream().filter(s -> !s.isFinished()).toList();
        byId.values().removeIf(s -> !s.isFinished());
        return open;
    }
}
