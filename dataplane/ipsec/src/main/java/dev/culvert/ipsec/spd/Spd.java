package dev.culvert.ipsec.spd;

import dev.culvert.wire.IpPrefix;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The ordered policies, compiled for lookup by destination. Immutable, shared by all workers.
 *
 * <p>Each remote range is cut into networks. For each prefix length that occurs there is a hash table from a network to
 * the policies that name it, in order. A lookup probes one slot per occurring length and takes the first policy of all, so
 * that its cost depends on the number of different lengths and not on the number of tunnels.
 */
public final class Spd {
    /** {@link #find} when no policy matches. */
    public static final int NONE = -1;

    public static final Spd EMPTY = compile(List.of());

    private final List<Policy> policies;
    private final SelectorSet[] local;
    private final SelectorSet[] remote;
    private final NetworkTable[] tablesV4;
    private final NetworkTable[] tablesV6;
    private final boolean looksAtPorts;
    private final boolean hasExceptions;

    private Spd(List<Policy> policies, NetworkTable[] tablesV4, NetworkTable[] tablesV6) {
        this.policies = policies;
        this.tablesV4 = tablesV4;
        this.tablesV6 = tablesV6;
        looksAtPorts = policies.stream()
                .flatMap(policy -> Stream.concat(policy.local().stream(), policy.remote().stream()))
                .anyMatch(selector -> !selector.anyPort());
        hasExceptions = policies.stream().anyMatch(policy -> !(policy instanceof Policy.Protect));
        local = new SelectorSet[policies.size()];
        remote = new SelectorSet[policies.size()];
        for (int i = 0; i < local.length; i++) {
            local[i] = SelectorSet.of(policies.get(i).local());
            remote[i] = SelectorSet.of(policies.get(i).remote());
        }
    }

    /** Policies in the order in which they apply. */
    public static Spd compile(List<Policy> policies) {
        Map<Integer, Map<IpPrefix, List<Integer>>> v4 = new HashMap<>();
        Map<Integer, Map<IpPrefix, List<Integer>>> v6 = new HashMap<>();
        for (int i = 0; i < policies.size(); i++) {
            Set<IpPrefix> networks = new LinkedHashSet<>();
            for (TrafficSelector selector : policies.get(i).remote()) {
                networks.addAll(selector.toPrefixes());
            }
            for (IpPrefix network : networks) {
                (network.address().isV4() ? v4 : v6)
                        .computeIfAbsent(network.length(), length -> new HashMap<>())
                        .computeIfAbsent(network, same -> new ArrayList<>())
                        .add(i);
            }
        }
        return new Spd(List.copyOf(policies), tables(v4), tables(v6));
    }

    public List<Policy> policies() {
        return policies;
    }

    /** Whether any policy is for some ports only. */
    public boolean looksAtPorts() {
        return looksAtPorts;
    }

    /** Whether any policy is another than {@link Policy.Protect}. */
    public boolean hasExceptions() {
        return hasExceptions;
    }

    /** The index of the first policy that matches a packet from our side to the peer's, or {@link #NONE}. */
    public int find(PacketFlow flow) {
        return find(flow, false);
    }

    /** The same for a packet from the peer's side to ours. */
    public int findReverse(PacketFlow flow) {
        return find(flow, true);
    }

    private int find(PacketFlow flow, boolean reverse) {
        long high = reverse ? flow.sourceHigh() : flow.destinationHigh();
        long low = reverse ? flow.sourceLow() : flow.destinationLow();
        int best = Integer.MAX_VALUE;
        for (NetworkTable table : flow.version() == 4 ? tablesV4 : tablesV6) {
            for (int candidate : table.find(high, low)) {
                if (candidate >= best) {
                    break;
                }
                if (reverse
                        ? flow.sourceWithin(remote[candidate]) && flow.destinationWithin(local[candidate])
                        : flow.destinationWithin(remote[candidate]) && flow.sourceWithin(local[candidate])) {
                    best = candidate;
                    break;
                }
            }
        }
        return best == Integer.MAX_VALUE ? NONE : best;
    }

    private static NetworkTable[] tables(Map<Integer, Map<IpPrefix, List<Integer>>> byLength) {
        return byLength.entrySet().stream()
                .map(entry -> new NetworkTable(entry.getKey(), entry.getValue()))
                .toArray(NetworkTable[]::new);
    }
}
