package dev.culvert.operator.status;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.status.Summary;
import dev.culvert.api.v1alpha1.status.Verdict;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A gateway's conditions. Pure. */
public final class GatewayVerdicts {
    private GatewayVerdicts() {}

    /**
     * Accepted, Programmed and Ready.
     *
     * @param node where the gateway is placed
     * @param agent its Deployment, once the informer has seen it
     * @param routes its DaemonSet on the other nodes; empty where there is none to be
     */
    public static List<Verdict> of(
            IPSecGatewaySpec spec, Optional<Node> node, Optional<Deployment> agent, Optional<DaemonSet> routes) {
        Verdict accepted =
                Verdict.yes(ConditionTypes.ACCEPTED, ConditionReasons.ACCEPTED, "the configuration is understood");
        Verdict programmed = programmed(spec, node, agent, routes);
        Verdict ready = programmed.isTrue()
                ? Verdict.yes(ConditionTypes.READY, ConditionReasons.READY, programmed.message())
                : Summary.ready(List.of(accepted, programmed));
        return List.of(accepted, programmed, ready);
    }

    public static boolean isReady(Deployment agent) {
        return agent.getStatus() != null
                && Objects.requireNonNullElse(agent.getStatus().getReadyReplicas(), 0) > 0;
    }

    private static Verdict programmed(
            IPSecGatewaySpec spec, Optional<Node> node, Optional<Deployment> agent, Optional<DaemonSet> routes) {
        if (node.isEmpty()) {
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    ConditionReasons.NO_ELIGIBLE_NODE,
                    "no node is ready, free of another gateway, tolerated and matches nodeSelector "
                            + spec.nodeSelector());
        }
        String name = node.get().getMetadata().getName();
        if (agent.filter(GatewayVerdicts::isReady).isEmpty()) {
            return Verdict.no(
                    ConditionTypes.PROGRAMMED,
                    ConditionReasons.PENDING,
                    "the agent on node " + name + " is not ready yet");
        }
        return routes.filter(set -> !isReady(set))
                .map(set -> Verdict.no(
                        ConditionTypes.PROGRAMMED,
                        ConditionReasons.ROUTES_PENDING,
                        "routes are ready on "
                                + Objects.requireNonNullElse(set.getStatus().getNumberReady(), 0)
                                + " of "
                                + Objects.requireNonNullElse(set.getStatus().getDesiredNumberScheduled(), 0)
                                + " other nodes"))
                .orElseGet(() -> Verdict.yes(
                        ConditionTypes.PROGRAMMED,
                        ConditionReasons.PROGRAMMED,
                        "the agent on node " + name + " is ready"));
    }

    private static boolean isReady(DaemonSet routes) {
        return routes.getStatus() == null
                || Objects.requireNonNullElse(routes.getStatus().getNumberReady(), 0)
                        >= Objects.requireNonNullElse(routes.getStatus().getDesiredNumberScheduled(), 0);
    }
}
