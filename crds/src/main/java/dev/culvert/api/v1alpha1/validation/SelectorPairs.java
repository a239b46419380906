package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.TrafficFilter;
import dev.culvert.api.v1alpha1.TrafficPolicy;
import dev.culvert.api.v1alpha1.TranslationSide;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The packets that a tunnel decides about, by pairs of networks as the hosts on this end know them. Selectors that are no
 * networks are passed over.
 */
final class SelectorPairs {
    private SelectorPairs() {}

    /**
     * Packets between two networks.
     *
     * @param child index in the tunnel
     * @param remotePath where the remote network is named
     * @param filter which packets between them; null for all
     */
    record Pair(
            int child,
            String remotePath,
            IpPrefix local,
            IpPrefix remote,
            @Nullable TrafficFilter filter) {
        /** Whether some packet belongs to both. */
        boolean meets(Pair other) {
            return local.overlaps(other.local)
                    && remote.overlaps(other.remote)
                    && TrafficFilter.meet(filter, other.filter);
        }

        /** {@code 10.1.0.0/16 to 10.2.0.0/16}. */
        @Override
        public String toString() {
            return local + " to " + remote + (filter == null ? "" : " (" + filter + ")");
        }
    }

    /** What the children protect. */
    static List<Pair> of(IPSecTunnelSpec spec) {
        List<Pair> pairs = new ArrayList<>();
        for (int c = 0; c < spec.children().size(); c++) {
            ChildSpec child = spec.children().get(c);
            TrafficFilter filter = FilterChecks.isFine(child.trafficFilter()) ? child.trafficFilter() : null;
            for (int r = 0; r < child.remoteTrafficSelectors().size(); r++) {
                String path = "spec.children[" + c + "].remoteTrafficSelectors[" + r + "]";
                for (IpPrefix remote : atHosts(child.remoteTrafficSelectors().get(r), TranslationSide.REMOTE, spec)) {
                    for (String text : child.localTrafficSelectors()) {
                        for (IpPrefix local : atHosts(text, TranslationSide.LOCAL, spec)) {
                            pairs.add(new Pair(c, path, local, remote, filter));
                        }
                    }
                }
            }
        }
        return pairs;
    }

    /** What the tunnel decides about: what its children protect, and what its policies say of the same networks. */
    static List<Pair> ofAllPolicies(IPSecTunnelSpec spec) {
        List<Pair> children = of(spec);
        List<Pair> pairs = new ArrayList<>(children);
        if (children.stream().allMatch(pair -> pair.filter() == null)) {
            return pairs; // then a policy takes from what the children protect
        }
        for (int p = 0; p < spec.policies().size(); p++) {
            TrafficPolicy policy = spec.policies().get(p);
            if (FilterChecks.isFine(policy.trafficFilter())) {
                ofPolicy("spec.policies[" + p + "]", policy, children, pairs);
            }
        }
        return pairs;
    }

    private static void ofPolicy(String path, TrafficPolicy policy, List<Pair> children, List<Pair> pairs) {
        for (Pair child : children) {
            for (IpPrefix remote : common(child.remote(), policy.remoteTrafficSelectors())) {
                for (IpPrefix local : common(child.local(), policy.localTrafficSelectors())) {
                    pairs.add(new Pair(child.child(), path, local, remote, policy.trafficFilter()));
                }
            }
        }
    }

    /** What a network has in common with others; itself where there are no others. */
    private static List<IpPrefix> common(IpPrefix network, List<String> others) {
        return others.isEmpty()
                ? List.of(network)
                : others.stream()
                        .flatMap(text -> network(text).stream())
                        .filter(network::overlaps)
                        .map(other -> other.length() > network.length() ? other : network)
                        .toList();
    }

    /** What a selector is to the hosts on this end. */
    static List<IpPrefix> atHosts(String selector, TranslationSide side, IPSecTunnelSpec spec) {
        return network(selector)
                .map(network -> HostView.of(network, side, spec.nat()))
                .orElse(List.of());
    }

    static Optional<IpPrefix> network(String text) {
        try {
            return Optional.of(Addresses.network(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
