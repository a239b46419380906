package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.TranslationSide;
import dev.culvert.wire.IpPrefix;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Checks that no two tunnels of a gateway want the same packets, and that none takes the cluster's own. */
public final class TrafficSelectorConflicts {
    private static final Comparator<IPSecTunnel> BY_AGE = Comparator.comparing((IPSecTunnel tunnel) ->
                    Objects.requireNonNullElse(metadata(tunnel).getCreationTimestamp(), ""))
            .thenComparing(TrafficSelectorConflicts::name);

    private TrafficSelectorConflicts() {}

    /**
     * Problems of {@code tunnel} with older tunnels of the same gateway: of two that want the same packets, the one
     * made first keeps them (by creation time, then namespace and name). A tunnel that is itself refused, for its own
     * faults or for an older one's sake, stands in nobody's way; a suspended one does.
     *
     * @param others the gateway's other tunnels; {@code tunnel} itself among them is passed over
     */
    public static List<Problem> withOthers(IPSecTunnel tunnel, Iterable<IPSecTunnel> others) {
        List<SelectorPairs.Pair> wanted = SelectorPairs.ofAllPolicies(tunnel.getSpec());
        Map<String, Problem> problems = new LinkedHashMap<>();
        for (IPSecTunnel other : inTheWay(tunnel, wanted, others)) {
            overlaps(wanted, other, SelectorPairs.ofAllPolicies(other.getSpec()), problems);
        }
        return List.copyOf(problems.values());
    }

    /**
     * What {@link #withOthers} says of each of a gateway's tunnels, for all of them at once: thousands are compared in the
     * time that reading them takes.
     *
     * @return for each tunnel, in the order given
     */
    public static List<List<Problem>> among(List<IPSecTunnel> tunnels) {
        SelectorIndex<Standing> standing = new SelectorIndex<>();
        List<List<Problem>> all = new ArrayList<>(Collections.nCopies(tunnels.size(), List.of()));
        List<Integer> byAge = IntStream.range(0, tunnels.size())
                .boxed()
                .sorted(Comparator.comparing(tunnels::get, BY_AGE))
                .toList();
        for (int index : byAge) {
            IPSecTunnel tunnel = tunnels.get(index);
            List<SelectorPairs.Pair> wanted = SelectorPairs.ofAllPolicies(tunnel.getSpec());
            Map<String, Problem> problems = new LinkedHashMap<>();
            for (Standing other : standing.meeting(wanted)) {
                if (BY_AGE.compare(other.tunnel, tunnel) < 0) {
                    overlaps(wanted, other.tunnel, other.pairs, problems);
                }
            }
            if (problems.isEmpty()
                    && TunnelValidation.validate(tunnel.getSpec()).stream().noneMatch(Problem::isError)) {
                standing.add(new Standing(tunnel, wanted), wanted);
            }
            all.set(index, List.copyOf(problems.values()));
        }
        return all;
    }

    /** A tunnel that is not refused, and the packets it wants. */
    private record Standing(IPSecTunnel tunnel, List<SelectorPairs.Pair> pairs) {}

    private static void overlaps(
            List<SelectorPairs.Pair> wanted,
            IPSecTunnel other,
            List<SelectorPairs.Pair> itsPairs,
            Map<String, Problem> problems) {
        for (SelectorPairs.Pair taken : itsPairs) {
            for (SelectorPairs.Pair pair : wanted) {
                if (pair.meets(taken)) {
                    problems.putIfAbsent(
                            name(other) + pair.remotePath(),
                            Problem.overlapping(
                                    pair.remotePath(),
                                    pair + " overlaps with " + taken + " of tunnel " + name(other)
                                            + ", which was there first"));
                }
            }
        }
    }

    /**
     * Remote networks that would capture the cluster's own traffic.
     *
     * @param clusterNetworks what each is called, such as "pods of node a", and its network
     */
    public static List<Problem> withCluster(IPSecTunnel tunnel, Map<String, IpPrefix> clusterNetworks) {
        List<Problem> problems = new ArrayList<>();
        IPSecTunnelSpec spec = tunnel.getSpec();
        for (int c = 0; c < spec.children().size(); c++) {
            List<String> selectors = spec.children().get(c).remoteTrafficSelectors();
            for (int r = 0; r < selectors.size(); r++) {
                String path = "spec.children[" + c + "].remoteTrafficSelectors[" + r + "]";
                SelectorPairs.atHosts(selectors.get(r), TranslationSide.REMOTE, spec)
                        .forEach(remote -> new TreeMap<>(clusterNetworks).forEach((what, network) -> {
                            if (remote.overlaps(network)) {
                                problems.add(Problem.overlapping(
                                        path,
                                        "remote " + remote + " overlaps with " + network + ", " + what
                                                + ", whose traffic it would capture"));
                            }
                        }));
            }
        }
        return problems;
    }

    /** The older tunnels that want some of the same packets and are not refused themselves. */
    private static List<IPSecTunnel> inTheWay(
            IPSecTunnel tunnel, List<SelectorPairs.Pair> wanted, Iterable<IPSecTunnel> others) {
        List<IPSecTunnel> found = new ArrayList<>();
        for (IPSecTunnel other : others) {
            if (BY_AGE.compare(other, tunnel) < 0 && isInTheWay(other, wanted, others)) {
                found.add(other);
            }
        }
        found.sort(BY_AGE);
        return found;
    }

    /** Ends, since each step goes to an older tunnel. */
    private static boolean isInTheWay(
            IPSecTunnel other, List<SelectorPairs.Pair> wanted, Iterable<IPSecTunnel> others) {
        List<SelectorPairs.Pair> taken = SelectorPairs.ofAllPolicies(other.getSpec());
        return taken.stream().anyMatch(pair -> wanted.stream().anyMatch(pair::meets))
                && TunnelValidation.validate(other.getSpec()).stream().noneMatch(Problem::isError)
                && inTheWay(other, taken, others).isEmpty();
    }

    private static String name(IPSecTunnel tunnel) {
        return metadata(tunnel).getNamespace() + "/" + metadata(tunnel).getName();
    }

    private static ObjectMeta metadata(IPSecTunnel tunnel) {
        return tunnel.getMetadata();
    }
}
