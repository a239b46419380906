package dev.culvert.agent.host;

import dev.culvert.io.nft.PacketFilter.Pair;
import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * From where to where nothing may come in the clear, as pairs of networks of which no two have a packet in common: a
 * kernel's set refuses others. Pure.
 */
final class CleartextPairs {
    /** By the peer's network, what of ours is paired with it. */
    private final Map<IpPrefix, List<IpPrefix>> bySource = new HashMap<>();

    private final TreeSet<Integer> lengthsV4 = new TreeSet<>();
    private final TreeSet<Integer> lengthsV6 = new TreeSet<>();

    private CleartextPairs() {}

    static Set<Pair> of(Collection<RoutePlan.Protected> children) {
        Set<Pair> all = new LinkedHashSet<>();
        for (RoutePlan.Protected child : children) {
            for (IpPrefix source : networks(child.remote())) {
                for (IpPrefix destination : networks(child.local())) {
                    if (source.address().version() == destination.address().version()) {
                        all.add(new Pair(source, destination));
                    }
                }
            }
        }
        CleartextPairs pairs = new CleartextPairs();
        // The wider source first: one that comes later is within those that it meets.
        all.stream()
                .sorted(Comparator.comparingInt((Pair pair) -> pair.source().length())
                        .thenComparingInt(pair -> pair.destination().length()))
                .forEach(pairs::add);
        Set<Pair> disjoint = new LinkedHashSet<>();
        pairs.bySource.forEach((source, destinations) ->
                destinations.forEach(destination -> disjoint.add(new Pair(source, destination))));
        return disjoint;
    }

    private static List<IpPrefix> networks(List<TrafficSelector> selectors) {
        return selectors.stream()
                .flatMap(selector -> selector.toPrefixes().stream())
                .distinct()
                .toList();
    }

    private void add(Pair pair) {
        IpPrefix source = pair.source();
        List<IpPrefix> left = List.of(pair.destination());
        TreeSet<Integer> lengths = source.address().isV4() ? lengthsV4 : lengthsV6;
        for (int length : lengths) {
            for (IpPrefix taken : bySource.getOrDefault(IpPrefix.around(source.address(), length), List.of())) {
                left = left.stream()
                        .flatMap(network -> without(network, taken).stream())
                        .toList();
            }
        }
        if (!left.isEmpty()) {
            lengths.add(source.length());
            bySource.computeIfAbsent(source, _ -> new ArrayList<>()).addAll(left);
        }
    }

    /** What remains of a network when another is taken out of it. */
    private static List<IpPrefix> without(IpPrefix network, IpPrefix other) {
        if (!network.overlaps(other)) {
            return List.of(network);
        }
        List<IpPrefix> rest = new ArrayList<>();
        for (int length = network.length() + 1; length <= other.length(); length++) {
            rest.add(sibling(IpPrefix.around(other.address(), length)));
        }
        return rest;
    }

    /** The other half of the next wider network. */
    private static IpPrefix sibling(IpPrefix half) {
        IpPrefix whole = IpPrefix.around(half.address(), half.length() - 1);
        return half.first().equals(whole.first())
                ? IpPrefix.around(whole.last(), half.length())
                : IpPrefix.around(whole.first(), half.length());
    }
}
