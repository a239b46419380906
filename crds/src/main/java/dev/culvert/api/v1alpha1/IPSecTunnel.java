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

/** A tunnel to one peer, as the user writes it. */
@Group(ApiVersion.GROUP)
@Version(ApiVersion.VERSION)
@Kind("IPSecTunnel")
@Singular("ipsectunnel")
@Plural("ipsectunnels")
@ShortNames("ipst")
@Categories("ipsec")
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "REASON", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "GATEWAY", jsonPath = ".spec.gatewayRef.name")
@AdditionalPrinterColumn(name = "REMOTE", jsonPath = ".spec.remote.addresses[0]")
@AdditionalPrinterColumn(name = "NODE", jsonPath = ".status.activeNode")
@AdditionalPrinterColumn(name = "CHILD-SAS", jsonPath = ".status.childSAsReady")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "LOCAL-ID", jsonPath = ".spec.local.identity.value", priority = 1)
@AdditionalPrinterColumn(name = "REMOTE-ID", jsonPath = ".spec.remote.identity.value", priority = 1)
@AdditionalPrinterColumn(name = "PROPOSAL", jsonPath = ".status.ikeSA.proposal", priority = 1)
@AdditionalPrinterColumn(name = "NAT", jsonPath = ".status.natDetected", priority = 1)
@ValidationRule(value = "self.metadata.name.size() <= 63", message = "the name of a tunnel has at most 63 characters")
public final class IPSecTunnel extends CustomResource<IPSecTunnelSpec, IPSecTunnelStatus> implements Namespaced {
    public static final String KIND = "IPSecTunnel";
}
