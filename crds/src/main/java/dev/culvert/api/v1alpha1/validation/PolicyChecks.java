package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.NatSettings;
import dev.culvert.api.v1alpha1.TrafficPolicy;
import dev.culvert.api.v1alpha1.compile.HostView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The policies that come before a tunnel's children. */
final class PolicyChecks {
    private final List<Problem> problems = new ArrayList<>();

    private PolicyChecks() {}

    static List<Problem> of(IPSecTunnelSpec spec) {
        PolicyChecks checks = new PolicyChecks();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.policies().size(); i++) {
            TrafficPolicy policy = spec.policies().get(i);
            String path = "spec.policies[" + i + "]";
            if (!names.add(policy.name())) {
                checks.problems.add(
                        Problem.invalid(path + ".name", "'" + policy.name() + "' is there twice", "each once"));
            }
            checks.policy(path, policy, spec.children(), spec.nat());
        }
        return checks.problems;
    }

    private void policy(String path, TrafficPolicy policy, List<ChildSpec> children, NatSettings nat) {
        List<Problem> ofPolicy = new ArrayList<>();
        SelectorChecks.networks(path + ".localTrafficSelectors", policy.localTrafficSelectors(), ofPolicy);
        SelectorChecks.networks(path + ".remoteTrafficSelectors", policy.remoteTrafficSelectors(), ofPolicy);
        ofPolicy.addAll(FilterChecks.of(
                path,
                policy.trafficFilter(),
                policy.remoteTrafficSelectors().isEmpty()
                        ? children.stream().flatMap(child -> child.remoteTrafficSelectors().stream())
                        : policy.remoteTrafficSelectors().stream()));
        if (ofPolicy.isEmpty()
                && areNetworks(children)
                && policy.parts(HostView.of(children, nat)).isEmpty()) {
            ofPolicy.add(Problem.invalid(
                    path, "is for no packet between the networks of a child", "networks within those of the children"));
        }
        problems.addAll(ofPolicy);
    }

    private static boolean areNetworks(List<ChildSpec> children) {
        return children.stream()
                .flatMap(child ->
                        Stream.concat(child.localTrafficSelectors().stream(), child.remoteTrafficSelectors().stream()))
                .allMatch(text -> SelectorPairs.network(text).isPresent());
    }
}
