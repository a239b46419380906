package dev.culvert.ike.v2.exchange;

import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Narrowing of traffic selectors (RFC 7296 §2.9). */
final class Selectors {
    private Selectors() {}

    /**
     * What the offer and the policy have in common, in the offer's order and without selectors that others contain. Empty
     * means TS_UNACCEPTABLE.
     */
    static List<TrafficSelector> narrow(List<TrafficSelector> offered, List<TrafficSelector> policy) {
        List<TrafficSelector> common = new ArrayList<>();
        for (TrafficSelector theirs : offered) {
            for (TrafficSelector ours : policy) {
                theirs.intersect(ours).ifPresent(common::add);
            }
        }
        List<TrafficSelector> kept = new ArrayList<>();
        for (TrafficSelector candidate : common) {
            if (kept.stream().noneMatch(k -> k.contains(candidate))) {
                kept.removeIf(candidate::contains);
                kept.add(candidate);
            }
        }
        return kept;
    }

    /** Whether an answer stays within what we offered: each selector inside of one of ours. */
    static boolean within(List<TrafficSelector> answer, List<TrafficSelector> offered) {
        return !answer.isEmpty()
                && answer.stream().allMatch(a -> offered.stream().anyMatch(o -> o.contains(a)));
    }

    /** For people: {@code 10.0.0.0/8, 192.0.2.0/24}. */
    static String print(List<TrafficSelector> selectors) {
        return selectors.isEmpty()
                ? "nothing usable"
                : selectors.stream().map(TrafficSelector::toString).collect(Collectors.joining(", "));
    }
}
