package dev.culvert.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One end of one tunnel on one node: written by the operator, reported on by that node's agent. */
@Group(ApiVersion.GROUP)
@Version(ApiVersion.VERSION)
@Kind("IPSecEndpoint")
@Singular("ipsecendpoint")
@Plural("ipsecendpoints")
@ShortNames("ipse")
@Categories("ipsec")
@AdditionalPrinterColumn(name = "TUNNEL", jsonPath = ".spec.tunnelRef.name")
@AdditionalPrinterColumn(name = "NODE", jsonPath = ".spec.nodeName")
@AdditionalPrinterColumn(name = "ROLE", jsonPath = ".spec.role")
@AdditionalPrinterColumn(name = "IKE-SA", jsonPath = ".status.ikeSA.state")
@AdditionalPrinterColumn(name = "CHILD-SAS", jsonPath = ".status.childSAs[*].state")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "REMOTE", jsonPath = ".status.remoteEndpoint", priority = 1)
@AdditionalPrinterColumn(
        name = "HEARTBEAT",
        jsonPath = ".status.heartbeatTime",
        type = AdditionalPrinterColumn.Type.DATE,
        priority = 1)
public final class IPSecEndpoint extends CustomResource<IPSecEndpointSpec, IPSecEndpointStatus> implements Namespaced {
    public static final String KIND = "IPSecEndpoint";
}
