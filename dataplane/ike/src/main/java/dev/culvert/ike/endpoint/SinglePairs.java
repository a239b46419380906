package dev.culvert.ike.endpoint;

import dev.culvert.ike.sa.ChildSa;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The children of one tunnel whose peer takes no more than one pair of traffic selectors in a child SA, as Cisco's ASA
 * does, and the configuration in which each of their pairs is a child of its own (RFC 7296 §2.9). Such a peer says so with
 * SINGLE_PAIR_REQUIRED, or refuses several pairs with TS_UNACCEPTABLE, or narrows them to one.
 */
final class SinglePairs {
    private final Set<String> split = new HashSet<>();
    private TunnelConfig configured;
    private TunnelConfig effective;

    SinglePairs(TunnelConfig configured) {
        this.configured = configured;
        this.effective = configured;
    }

    /** What was configured. */
    TunnelConfig configured() {
        return configured;
    }

    /** What is negotiated. */
    TunnelConfig effective() {
        return effective;
    }

    /** Takes over a changed configuration; how the peer wants its children is still known. */
    void configure(TunnelConfig changed) {
        configured = changed;
        apply();
    }

    /** Whether a child may be asked for pair by pair: it has several, and is not asked for so yet. */
    boolean canSplit(String child) {
        return !split.contains(child)
                && configured
                        .child(child)
                        .filter(c -> c.singlePairs().size() > 1)
                        .isPresent();
    }

    /** The part that the peer has narrowed a whole child to, by our own request. */
    Optional<ChildConfig> partOf(ChildSa made) {
        if (!made.initiator() || !canSplit(made.name())) {
            return Optional.empty();
        }
        return configured.child(made.name()).stream()
                .flatMap(whole -> whole.singlePairs().stream())
                .filter(part -> part.localSelectors().equals(made.local())
                        && part.remoteSelectors().equals(made.remote()))
                .findFirst();
    }

    /** From now on the child is asked for pair by pair. */
    List<ChildConfig> split(String child) {
        split.add(child);
        apply();
        return configured.child(child).map(ChildConfig::singlePairs).orElseGet(List::of);
    }

    /** From now on the child is asked for as a whole again. */
    void join(String child) {
        split.remove(child);
        apply();
    }

    private void apply() {
        List<ChildConfig> children = new ArrayList<>();
        for (ChildConfig child : configured.children()) {
            children.addAll(split.contains(child.name()) ? child.singlePairs() : List.of(child));
        }
        effective = configured.toBuilder().children(children).build();
    }
}
