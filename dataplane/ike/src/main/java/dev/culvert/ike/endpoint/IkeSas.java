package dev.culvert.ike.endpoint;

import dev.culvert.ike.sa.ChildSa;
import dev.culvert.ike.sa.CloseCause;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.IkeSaState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The IKE SAs of one tunnel: the one that carries its children, one that is being replaced make-before-break, and one that
 * is too many because both sides began at once.
 */
final class IkeSas {
    /**
     * How long we wait before we delete the redundant one of two IKE SAs. The peer may have made it on purpose, in place of
     * the other, whose response was on its way here: then its Delete for the other comes now, or once more after four
     * seconds if that response is still on its way, and both must not go.
     */
    static final Duration SETTLING = Duration.ofSeconds(6);
    /** How long the peer has to delete the redundant one of two IKE SAs before we do. */
    static final Duration DUPLICATE_GRACE = Duration.ofSeconds(12);

    /**
     * An IKE SA that is being replaced.
     *
     * @param outdated whether it was made under another configuration and must not outlive a refusal of the new one
     */
    private record Replacement(IkeSa old, boolean outdated) {}

    private final List<IkeSa> all = new ArrayList<>();
    private @Nullable IkeSa current;
    private @Nullable Replacement replacement;
    private @Nullable IkeSa redundant;

    // ---- what there is ----

    List<IkeSa> all() {
        return List.copyOf(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    Optional<IkeSa> current() {
        return Optional.ofNullable(current);
    }

    boolean isCurrent(IkeSa sa) {
        return current == sa;
    }

    boolean isRedundant(IkeSa sa) {
        return redundant == sa;
    }

    /** The established IKE SA that children are made on: not one that is being replaced. */
    Optional<IkeSa> usable() {
        return current().filter(sa -> sa.state().isUsable() && !isBeingReplaced(sa));
    }

    List<IkeSa> connecting() {
        return all.stream().filter(sa -> sa.state().isConnecting()).toList();
    }

    /** Whether it is the only one that the peer may know of. */
    boolean isOnlyContact(IkeSa sa) {
        return all.stream().allMatch(other -> other == sa || other.state() == IkeSaState.INITIATING);
    }

    /** The pair that carries the child: on the current IKE SA rather than on another, on one that goes last of all. */
    Optional<ChildSa> live(String child) {
        return current()
                .flatMap(sa -> sa.children().live(child))
                .or(() -> live(child, sa -> sa.state().isUsable()))
                .or(() -> live(child, sa -> true));
    }

    private Optional<ChildSa> live(String child, Predicate<IkeSa> where) {
        return all.stream()
                .filter(where)
                .flatMap(sa -> sa.children().live(child).stream())
                .findFirst();
    }

    /** Whether outbound traffic of the child may use some pair. */
    boolean isSending(String child) {
        return all.stream().anyMatch(sa -> sa.children().isSending(child));
    }

    /** Outbound traffic uses this pair from now on. */
    void activate(ChildSa pair) {
        all.forEach(sa -> sa.children().activate(pair));
    }

    /** Whether the child is there as it should be: on an IKE SA that stays, under the present configuration. */
    boolean isUp(ChildSlot slot) {
        return upToDate(slot).findAny().isPresent();
    }

    /** Whether outbound traffic uses such a pair, so that another one may go. */
    boolean isInUse(ChildSlot slot) {
        return upToDate(slot).anyMatch(ChildSa::sending);
    }

    private Stream<ChildSa> upToDate(ChildSlot slot) {
        return all.stream()
                .filter(sa -> sa.state().isUsable() && !isBeingReplaced(sa))
                .flatMap(sa -> sa.children().live(slot.name()).stream())
                .filter(pair -> !slot.outdated().contains(pair));
    }

    // ---- coming and going ----

    void add(IkeSa sa) {
        if (!all.contains(sa)) {
            all.add(sa);
        }
    }

    /** An IKE SA was authenticated. Of two that both sides began at once, the lower one is the current one. */
    void established(IkeSa sa, long nowNanos) {
        add(sa);
        for (IkeSa other : all()) {
            if (other.state() == IkeSaState.INITIATING && replacement == null) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
        Optional<IkeSa> twin = all.stream().filter(other -> areTwins(sa, other)).findFirst();
        redundant =
                twin.filter(other -> other.origin().isLowerThan(sa.origin())).isPresent() ? sa : twin.orElse(null);
        current = redundant == sa ? twin.orElse(sa) : sa;
    }

    /** Whether both sides began them at once, and not one to replace the other. */
    private boolean areTwins(IkeSa sa, IkeSa other) {
        return other != sa
                && other.state().isUsable()
                && sa.origin().isTwinOf(other.origin())
                && !isBeingReplaced(other);
    }

    /** The peer asserts that its SAs from before this one are gone (RFC 7296 §2.4). */
    void initialContact(IkeSa sa, long nowNanos) {
        for (IkeSa other : all()) {
            if (other != sa && other.state().isUsable() && other.establishedAt() <= sa.createdAt()) {
                other.close(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
            }
        }
    }

    /** {@code heir} has the children of {@code old} now. */
    void succeeded(IkeSa old, IkeSa heir) {
        all.remove(old);
        add(heir);
        if (current == old) {
            current = heir;
        }
        if (redundant == old) {
            redundant = heir;
        }
        if (replacement != null && replacement.old == old) {
            replacement = new Replacement(heir, replacement.outdated);
        }
    }

    /**
     * An IKE SA ended; another one that is established carries on.
     *
     * @return whether it was one of these
     */
    boolean remove(IkeSa sa) {
        if (!all.remove(sa)) {
            return false;
        }
        if (current == sa) {
            current = all.stream()
                    .filter(s -> s.state().isUsable())
                    .reduce((a, b) -> b)
                    .orElse(null);
        }
        if (current == redundant) {
            redundant = null;
        }
        if (isBeingReplaced(sa)) {
            replacement = null;
        }
        return true;
    }

    // ---- replacing ----

    boolean isReplacing() {
        return replacement != null;
    }

    private boolean isBeingReplaced(IkeSa sa) {
        return replacement != null && replacement.old == sa;
    }

    /** @param outdated whether it must not outlive a refusal of the new configuration */
    void replace(IkeSa old, boolean outdated) {
        replacement = new Replacement(old, outdated || (replacement != null && replacement.outdated()));
    }

    /** What was being replaced stays, or goes by itself. */
    void forgetReplacement() {
        replacement = null;
    }

    /** The new IKE SA is complete: the old one goes. */
    void finishReplacement(long nowNanos) {
        Replacement going = replacement;
        if (going != null) {
            replacement = null;
            going.old.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        }
    }

    /**
     * The peer does not accept the configuration that holds now: what was made under another one must not stay.
     *
     * @return whether there was such an IKE SA
     */
    boolean replacementRefused(long nowNanos) {
        boolean outdated = replacement != null && replacement.outdated;
        if (outdated) {
            finishReplacement(nowNanos);
        }
        return outdated;
    }

    // ---- one too many ----

    /** What is to be done about the redundant one of two IKE SAs. */
    enum Duplicate {
        NONE,
        /** We are to delete it, in a moment. */
        OURS,
        /** The peer is to delete it. */
        PEERS
    }

    /**
     * Of two IKE SAs that both sides initiated at once, the one with the higher SPIs goes. The other one's initiator
     * deletes it: it has the response, so the peer has that SA too. If the peer does not know this rule, we do it later.
     */
    Duplicate duplicate() {
        IkeSa loser = redundant;
        IkeSa winner = current;
        if (loser == null || winner == null) {
            return Duplicate.NONE;
        }
        if (!all.contains(loser) || !loser.state().isUsable()) {
            redundant = null;
            return Duplicate.NONE;
        }
        return winner.origin().initiator() ? Duplicate.OURS : Duplicate.PEERS;
    }

    void deleteRedundant(long nowNanos) {
        IkeSa loser = redundant;
        redundant = null;
        if (loser != null) {
            loser.delete(CloseCause.of(CloseCause.Kind.REPLACED), nowNanos);
        }
    }
}
