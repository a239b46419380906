package dev.culvert.agent.status;

import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.status.EndpointReport;
import dev.culvert.api.v1alpha1.status.Summary;
import dev.culvert.api.v1alpha1.status.Verdict;
import dev.culvert.api.v1alpha1.validation.TunnelValidation;
import dev.culvert.api.v1alpha1.validation.WeakAlgorithms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of a tunnel where there is no operator to decide them; by the operator's own functions. Pure. */
final class TunnelVerdicts {
    private TunnelVerdicts() {}

    /** @param ofDocument {@link #ofDocument} of the tunnel, which does not change with its status */
    static List<Verdict> of(
            DesiredTunnel desired, Optional<Verdict> ofDocument, IPSecEndpointStatus status, Instant now) {
        EndpointReport report = new EndpointReport(desired.spec(), desired.generation(), status);
        List<Verdict> verdicts = new ArrayList<>(List.of(
                Verdict.yes(ConditionTypes.ACCEPTED, ConditionReasons.ACCEPTED, "the configuration is valid"),
                resolvedRefs(desired),
                report.programmed(),
                report.established(now)));
        Verdict ready = Summary.ready(verdicts);
        // What the agent itself finds not as it should be, or else the tunnel's document.
        report.degraded().or(() -> ofDocument).ifPresent(verdicts::add);
        verdicts.add(ready);
        return verdicts;
    }

    /** What is not as it should be with what the user wrote, where the agent sees that. */
    static Optional<Verdict> ofDocument(DesiredTunnel desired) {
        return desired.document()
                .map(document -> WeakAlgorithms.degraded(TunnelValidation.validate(document.getSpec())));
    }

    private static Verdict resolvedRefs(DesiredTunnel desired) {
        return desired.credentials()
                .missing(desired.spec().authentication())
                .map(missing -> Verdict.no(
                        ConditionTypes.RESOLVED_REFS,
                        ConditionReasons.SECRET_KEY_MISSING,
                        missing + " is not in the node's Secret"))
                .orElseGet(() -> Verdict.yes(
                        ConditionTypes.RESOLVED_REFS, ConditionReasons.RESOLVED_REFS, "all references are found"));
    }
}
