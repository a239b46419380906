package dev.culvert.ike.v1;

import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ISAKMP SAs of one tunnel: the one in use, and others that are too many, because both sides began at once or because a
 * newer one took their place. Those are deleted after a while, and only when no pair is lost with them: for strongSwan a
 * pair belongs to the ISAKMP SA that it was made under or, when the peer began a newer one, to that; for RFC 2408, libreswan
 * and us to the tunnel.
 */
final class IsakmpSas {
    /** How long an SA that is too many stays when we are to delete it: quick modes under it come to their end. */
    private static final Duration SETTLING = Duration.ofSeconds(6);
    /** How long the peer has to delete it if it is to. */
    private static final Duration GRACE = Duration.ofSeconds(12);
    /** How long after that it is looked at again if pairs would go with it. */
    private static final Duration AGAIN = Duration.ofSeconds(60);

    private final List<IsakmpSa> all = new ArrayList<>();
    private final Map<IsakmpSa, Long> redundant = new LinkedHashMap<>();
    private @Nullable IsakmpSa current;
    /** SAs that the peer deleted a moment ago, and that may still bring Deletes of pairs. */
    private final List<IsakmpSa> lingering = new ArrayList<>();

    List<IsakmpSa> all() {
        return List.copyOf(all);
    }

    Optional<IsakmpSa> current() {
        return Optional.ofNullable(current);
    }

    boolean isCurrent(IsakmpSa sa) {
        return current == sa;
    }

    List<IsakmpSa> connecting() {
        return all.stream().filter(IsakmpSa::isConnecting).toList();
    }

    boolean isOnlyContact(IsakmpSa sa) {
        return all.stream().allMatch(other -> other == sa || other.isConnecting());
    }

    /** Whether the peer deleted the last one a moment ago: it may be about to delete the pairs too, or to begin anew. */
    boolean lingers() {
        lingering.removeIf(IsakmpSa::isClosed);
        return !lingering.isEmpty();
    }

    void add(IsakmpSa sa) {
        if (!all.contains(sa)) {
            all.add(sa);
        }
    }

    /**
     * One was authenticated. Of two that both sides began at once, the lower one stays; otherwise the newer one does. Ours
     * that are still under way are not needed any more.
     */
    void established(IsakmpSa sa, long nowNanos) {
        add(sa);
        for (IsakmpSa other : all()) {
            if (other != sa && other.isConnecting() && other.responderCookie() == 0) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        IsakmpSa winner = sa;
        for (IsakmpSa other : all()) {
            boolean twin = other != sa && other.isUsable() && sa.origin().isTwinOf(other.origin());
            if (twin && other.origin().isLowerThan(sa.origin())) {
                winner = other;
            }
        }
        current = winner;
        redundant.remove(winner);
        for (IsakmpSa other : all()) {
            if (other != winner && other.isUsable()) {
                other.replaced();
                Duration wait = winner.initiator() ? SETTLING : GRACE;
                redundant.putIfAbsent(other, nowNanos + wait.toNanos());
            }
        }
    }

    /**
     * One ended; another one that is established carries on.
     *
     * @return whether it was one of these
     */
    boolean ended(IsakmpSa sa, long nowNanos) {
        if (!all.remove(sa)) {
            return false;
        }
        redundant.remove(sa);
        if (!sa.isClosed()) {
            lingering.add(sa);
        }
        if (current == sa) {
            current =
                    all.stream().filter(IsakmpSa::isUsable).reduce((a, b) -> b).orElse(null);
            if (current != null) {
                redundant.remove(current);
                current.inUse(nowNanos);
            }
        }
        return true;
    }

    /** When {@link #deleteRedundant} is due. */
    long redundantDue() {
        return redundant.values().stream().mapToLong(Long::longValue).min().orElse(Timers.NEVER);
    }

    /**
     * Deletes those whose time has come. If the pairs were made under one that is too many, and none under the one in use,
     * it is the latter that goes: both sides know what was made where. None goes while a quick mode is under way: who began
     * it may already send on its pair, and take it for the heir of all others.
     */
    void deleteRedundant(PhaseTwoChildren children, long nowNanos) {
        for (Map.Entry<IsakmpSa, Long> entry : List.copyOf(redundant.entrySet())) {
            IsakmpSa sa = entry.getKey();
            IsakmpSa inUse = current;
            if (entry.getValue() > nowNanos || inUse == null || !redundant.containsKey(sa)) {
                continue;
            }
            if (sa.isBusy()) {
                redundant.put(sa, nowNanos + SETTLING.toNanos());
                continue;
            }
            boolean oursIsNewest = inUse.initiator() && inUse.createdAt() >= sa.establishedAt();
            if (oursIsNewest || !children.uses(sa)) {
                sa.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            } else if (!children.uses(inUse)
                    && !inUse.isBusy()
                    && inUse.origin().isTwinOf(sa.origin())) {
                redundant.remove(sa);
                current = sa;
                sa.inUse(nowNanos);
                inUse.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            } else {
                redundant.put(sa, nowNanos + AGAIN.toNanos());
            }
        }
    }
}
