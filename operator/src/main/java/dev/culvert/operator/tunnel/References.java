package dev.culvert.operator.tunnel;

import dev.culvert.api.v1alpha1.ConditionReasons;
import dev.culvert.api.v1alpha1.ConditionTypes;
import dev.culvert.api.v1alpha1.IPSecGateway;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.status.Verdict;
import java.util.Optional;

/** Whether everything that a tunnel names is there. Pure. */
final class References {
    private References() {}

    static Verdict resolved(IPSecTunnel tunnel, Optional<IPSecGateway> gateway, Credentials.Lookup credentials) {
        if (gateway.isEmpty()) {
            return no(
                    ConditionReasons.GATEWAY_NOT_FOUND,
                    tunnel.getSpec().gatewayRef() == null
                            ? "spec.gatewayRef is not set; it names an IPSecGateway in the operator's namespace"
                            : "spec.gatewayRef: there is no IPSecGateway "
                                    + tunnel.getSpec().gatewayRef().name() + " in the operator's namespace");
        }
        return switch (credentials) {
            case Credentials.Lookup.Missing missing -> no(missing.reason(), missing.message());
            case Credentials.Lookup.Found found ->
                Verdict.yes(
                        ConditionTypes.RESOLVED_REFS,
                        ConditionReasons.RESOLVED_REFS,
                        "gateway " + gateway.get().getMetadata().getName() + " and the credentials are there");
        };
    }

    private static Verdict no(String reason, String message) {
        return Verdict.no(ConditionTypes.RESOLVED_REFS, reason, message);
    }
}
