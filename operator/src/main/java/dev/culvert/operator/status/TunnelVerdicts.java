package dev.culvert.operator.status;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.status.EndpointReport;
import dev.culvert.api.v1alpha1.status.Summary;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.operator.gateway.GatewayReconciler;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A tunnel's conditions. Pure. */
public final class TunnelVerdicts {
    private TunnelVerdicts() {}

    /** All of a tunnel's conditions, in the order in which they depend on each other, Ready last. */
    public static List<Verdict> all(
            Verdict accepted,
            Verdict resolved,
            Verdict degraded,
            Optional<IPSecGateway> gateway,
            Optional<EndpointReport> report,
            Instant now) {
        Verdict programmed = report.map(EndpointReport::programmed).orElseGet(() -> notProgrammed(gateway));
        Verdict established = report.map(r -> r.established(now))
                .orElseGet(() -> Verdict.no(
                        ConditionTypes.ESTABLISHED, ConditionReasons.PENDING, "no node serves the tunnel yet"));
        Verdict ready = Summary.ready(List.of(accepted, resolved, programmed, established));
        Verdict all = report.flatMap(EndpointReport::degraded)
                .map(d -> both(degraded, d))
                .orElse(degraded);
        return List.of(accepted, resolved, programmed, established, all, ready);
    }

    private static Verdict both(Verdict ours, Verdict ofTheNode) {
        return ours.isTrue()
                ? Verdict.yes(ConditionTypes.DEGRADED, ours.reason(), ours.message() + "\n" + ofTheNode.message())
                : ofTheNode;
    }

    private static Verdict notProgrammed(Optional<IPSecGateway> gateway) {
        boolean placed = gateway.flatMap(GatewayReconciler::activeNode).isPresent();
        return gateway.isPresent() && !placed
                ? Verdict.no(
                        ConditionTypes.PROGRAMMED,
                        ConditionReasons.NO_ELIGIBLE_NODE,
                        "the gateway " + gateway.get().getMetadata().getName() + " has no node")
                : Verdict.no(ConditionTypes.PROGRAMMED, ConditionReasons.PENDING, "nothing is set up yet");
    }
}
