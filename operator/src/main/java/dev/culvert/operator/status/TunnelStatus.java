package dev.culvert.operator.status;

import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelStatus;
import dev.culvert.api.v1alpha1.status.Conditions;
import dev.culvert.api.v1alpha1.status.EndpointReport;
import dev.culvert.api.v1alpha1.status.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A tunnel's status out of its verdicts and its node's report. Pure. */
public final class TunnelStatus {
    private TunnelStatus() {}

    public static IPSecTunnelStatus of(
            IPSecTunnel tunnel, List<Verdict> verdicts, Optional<EndpointReport> report, Instant now) {
        long generation = tunnel.getMetadata().getGeneration();
        List<Condition> conditions = Conditions.merge(conditionsOf(tunnel), verdicts, generation, now);
        IPSecEndpointStatus seen = report.map(EndpointReport::status).orElse(null);
        return new IPSecTunnelStatus(
                generation,
                conditions,
                report.map(r -> r.spec().nodeName()).orElse(null),
                seen == null ? null : seen.localEndpoint(),
                seen == null ? null : seen.remoteEndpoint(),
                seen == null ? null : seen.natDetected(),
                seen == null ? null : seen.ikeSA(),
                seen == null ? List.of() : seen.childSAs(),
                report.map(EndpointReport::childSAsReady).orElse(null),
                seen == null ? null : seen.lastError(),
                seen == null ? null : seen.lastChange());
    }

    public static List<Condition> conditionsOf(IPSecTunnel tunnel) {
        return tunnel.getStatus() == null ? List.of() : tunnel.getStatus().conditions();
    }

    public static boolean isReady(IPSecTunnelStatus status) {
        return Conditions.isTrue(status.conditions(), ConditionTypes.READY);
    }
}
