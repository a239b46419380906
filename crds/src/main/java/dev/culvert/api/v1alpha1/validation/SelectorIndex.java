package dev.culvert.api.v1alpha1.validation;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who wants which packets, found by the remote network without a look at everybody: of two networks that overlap one
 * contains the other, so that what contains a network is found by its length and what it contains by its order.
 *
 * @param <T> whose packets they are
 */
final class SelectorIndex<T> {
    private record Taken<T>(int order, T owner, SelectorPairs.Pair pair) {}

    private final NavigableMap<IpAddress, Map<Integer, List<Taken<T>>>> byRemote = new TreeMap<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();
    private int added;

    void add(T owner, List<SelectorPairs.Pair> pairs) {
        for (SelectorPairs.Pair pair : pairs) {
            lengths.add(pair.remote().length());
            byRemote.computeIfAbsent(pair.remote().first(), _ -> new HashMap<>())
                    .computeIfAbsent(pair.remote().length(), _ -> new ArrayList<>())
                    .add(new Taken<>(added, owner, pair));
        }
        added++;
    }

    /** Whoever wants some packet of these pairs, in the order in which they were added. */
    List<T> meeting(List<SelectorPairs.Pair> wanted) {
        Map<Integer, T> met = new TreeMap<>();
        for (SelectorPairs.Pair pair : wanted) {
            IpPrefix remote = pair.remote();
            for (int length : lengths.headSet(remote.length(), false)) {
                IpAddress first = IpPrefix.around(remote.address(), length).first();
                meet(pair, byRemote.getOrDefault(first, Map.of()).getOrDefault(length, List.of()), met);
            }
            byRemote.subMap(remote.first(), true, remote.last(), true)
                    .values()
                    .forEach(here -> here.forEach((length, taken) -> {
                        if (length >= remote.length()) {
                            meet(pair, taken, met);
                        }
                    }));
        }
        return List.copyOf(met.values());
    }

    private void meet(SelectorPairs.Pair pair, List<Taken<T>> all, Map<Integer, T> met) {
        for (Taken<T> taken : all) {
            if (pair.meets(taken.pair)) {
                met.put(taken.order, taken.owner);
            }
        }
    }
}
