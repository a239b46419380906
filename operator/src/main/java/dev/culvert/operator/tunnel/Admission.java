package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.api.v1alpha1.validation.Problem;
import dev.culvert.api.v1alpha1.validation.TrafficSelectorConflicts;
import dev.culvert.api.v1alpha1.validation.TunnelValidation;
import dev.culvert.api.v1alpha1.validation.WeakAlgorithms;
import dev.culvert.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a tunnel is allowed, and whether it is as it should be. Pure.
 *
 * @param problems errors and warnings, in the order of the fields
 */
record Admission(List<Problem> problems) {
    /**
     * Checks a tunnel.
     *
     * @param siblings the other tunnels of its gateway
     * @param clusterNetworks what each is called, and its network: none may be a remote network
     */
    static Admission of(
            IPSecTunnel tunnel,
            List<IPSecTunnel> siblings,
            Map<String, IpPrefix> clusterNetworks,
            Credentials.Lookup credentials) {
        List<Problem> all = new ArrayList<>(TunnelValidation.validate(tunnel.getSpec()));
        boolean parses = all.stream().noneMatch(Problem::isError);
        if (parses) {
            all.addAll(TrafficSelectorConflicts.withOthers(tunnel, siblings));
            all.addAll(TrafficSelectorConflicts.withCluster(tunnel, clusterNetworks));
        }
        all.addAll(credentials.problems());
        return new Admission(List.copyOf(all));
    }

    /** The Accepted condition: the first error's reason, all errors' messages. */
    Verdict accepted() {
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        return errors.isEmpty()
                ? Verdict.yes(
                        ConditionTypes.ACCEPTED,
                        ConditionReasons.ACCEPTED,
                        "the configuration is understood and allowed")
                : Verdict.no(ConditionTypes.ACCEPTED, errors.getFirst().reason(), text(errors));
    }

    /** The Degraded condition: the first warning's reason, all warnings' messages. */
    Verdict degraded() {
        return WeakAlgorithms.degraded(problems);
    }

    private static String text(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }
}
