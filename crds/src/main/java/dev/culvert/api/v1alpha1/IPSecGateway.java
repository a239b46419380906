package dev.culvert.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Where tunnels end: which nodes, how they are reached, and how other nodes find them. */
@Group(ApiVersion.GROUP)
@Version(ApiVersion.VERSION)
@Kind("IPSecGateway")
@Singular("ipsecgateway")
@Plural("ipsecgateways")
@ShortNames("ipsg")
@Categories("ipsec")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "REASON", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "NODES", jsonPath = ".status.nodes[*].name")
@AdditionalPrinterColumn(name = "TUNNELS", jsonPath = ".status.tunnels", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "ADDRESS", jsonPath = ".status.nodes[*].publicAddress", priority = 1)
@ValidationRule(value = "self.metadata.name.size() <= 63", message = "the name of a gateway has at most 63 characters")
public final class IPSecGateway extends CustomResource<IPSecGatewaySpec, IPSecGatewayStatus> implements Namespaced {
    public static final String KIND = "IPSecGateway";
}
