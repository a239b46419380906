package dev.culvert.api.v1alpha1.validation;

import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import java.util.List;

/** Checks a gateway on its own; what CEL says, for gateways that meet no API server. */
public final class GatewayValidation {
    private GatewayValidation() {}

    /** All problems of the gateway. */
    public static List<Problem> validate(IPSecGatewaySpec spec) {
        String address = spec.exposure().publicAddress();
        return address == null || Addresses.isIp(address)
                ? List.of()
                : List.of(Problem.invalid(
                        "spec.exposure.publicAddress",
                        "'" + address + "' is not an address",
                        "an IPv4 or IPv6 address"));
    }
}
