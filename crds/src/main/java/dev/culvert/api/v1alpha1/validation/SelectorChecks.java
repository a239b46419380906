package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import java.util.ArrayList;
import java.util.List;

/** The traffic selectors of one tunnel. */
final class SelectorChecks {
    static final String ALLOWED = "a network without host bits, such as 10.1.0.0/16";

    private final List<Problem> problems = new ArrayList<>();

    private SelectorChecks() {}

    static List<Problem> of(IPSecTunnelSpec spec) {
        SelectorChecks checks = new SelectorChecks();
        for (int i = 0; i < spec.children().size(); i++) {
            ChildSpec child = spec.children().get(i);
            String path = "spec.children[" + i + "]";
            checks.children(path + ".localTrafficSelectors", child.localTrafficSelectors());
            checks.children(path + ".remoteTrafficSelectors", child.remoteTrafficSelectors());
            checks.problems.addAll(
                    FilterChecks.of(path, child.trafficFilter(), child.remoteTrafficSelectors().stream()));
        }
        checks.pairs(spec);
        return checks.problems;
    }

    private void children(String path, List<String> selectors) {
        if (selectors.isEmpty()) {
            problems.add(Problem.invalid(path, "is empty", "at least one network"));
        }
        networks(path, selectors, problems);
    }

    static void networks(String path, List<String> selectors, List<Problem> problems) {
        for (int i = 0; i < selectors.size(); i++) {
            try {
                Addresses.network(selectors.get(i));
            } catch (IllegalArgumentException e) {
                problems.add(Problem.invalid(path + "[" + i + "]", String.valueOf(e.getMessage()), ALLOWED));
            }
        }
    }

    private void pairs(IPSecTunnelSpec spec) {
        List<SelectorPairs.Pair> seen = new ArrayList<>();
        for (SelectorPairs.Pair pair : SelectorPairs.of(spec)) {
            if (pair.local().address().version() != pair.remote().address().version()) {
                problems.add(Problem.invalid(
                        pair.remotePath(), pair + " are of different address families", "one family in a child"));
            } else if (pair.local().overlaps(pair.remote())) {
                problems.add(Problem.overlapping(
                        pair.remotePath(),
                        "local " + pair.local() + " and remote " + pair.remote() + " overlap"
                                + (spec.nat().translations().isEmpty() ? "" : " at the hosts on this end")));
            } else {
                betweenChildren(pair, seen, spec);
                seen.add(pair);
            }
        }
    }

    /** Within one child, pairs may overlap: they are one SA. Between two, it would be chance which SA a packet takes. */
    private void betweenChildren(SelectorPairs.Pair pair, List<SelectorPairs.Pair> seen, IPSecTunnelSpec spec) {
        seen.stream()
                .filter(other -> other.child() != pair.child() && other.meets(pair))
                .findFirst()
                .ifPresent(other -> problems.add(Problem.overlapping(
                        pair.remotePath(),
                        pair + " overlaps with " + other + " of child '"
                                + spec.children().get(other.child()).name() + "'")));
    }
}
