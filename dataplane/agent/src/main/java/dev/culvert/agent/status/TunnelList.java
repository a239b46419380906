package dev.culvert.agent.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.ApiVersion;
import dev.culvert.api.v1alpha1.IPSecEndpointStatus;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelStatus;
import dev.culvert.api.v1alpha1.status.EndpointReport;
import java.util.Collection;
import java.util.List;

/** The tunnels with their status as {@code kubectl get ipsectunnels -o json} prints them. Pure. */
public final class TunnelList {
    private static final ObjectMapper JSON =
            new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_EMPTY);

    private TunnelList() {}

    /** A {@code v1} {@code List} of IPSecTunnel. */
    public static JsonNode of(Collection<StatusBook.Snapshot> tunnels) {
        ObjectNode list = JSON.createObjectNode().put("apiVersion", "v1");
        var items = list.putArray("items");
        tunnels.forEach(tunnel -> items.add(item(tunnel)));
        list.put("kind", "List");
        list.putObject("metadata").put("resourceVersion", "");
        return list;
    }

    private static JsonNode item(StatusBook.Snapshot tunnel) {
        DesiredTunnel desired = tunnel.desired();
        ObjectNode item = JSON.createObjectNode()
                .put("apiVersion", ApiVersion.GROUP + "/" + ApiVersion.VERSION)
                .put("kind", IPSecTunnel.KIND);
        item.putObject("metadata")
                .put("generation", desired.generation())
                .put("name", desired.spec().tunnelRef().name())
                .put("namespace", desired.spec().tunnelRef().namespace());
        JsonNode spec = desired.document()
                .<JsonNode>map(document -> JSON.valueToTree(document.getSpec()))
                .orElseGet(() -> JSON.<ObjectNode>valueToTree(desired.spec())
                        .without(List.of("tunnelRef", "nodeName", "role", "mtu", "authentication")));
        item.set("spec", spec);
        item.set("status", JSON.valueToTree(status(tunnel)));
        return item;
    }

    private static IPSecTunnelStatus status(StatusBook.Snapshot tunnel) {
        IPSecEndpointStatus seen = tunnel.status();
        DesiredTunnel desired = tunnel.desired();
        return new IPSecTunnelStatus(
                desired.generation(),
                tunnel.conditions(),
                desired.spec().nodeName(),
                seen.localEndpoint(),
                seen.remoteEndpoint(),
                seen.natDetected(),
                seen.ikeSA(),
                seen.childSAs(),
                new EndpointReport(desired.spec(), desired.generation(), seen).childSAsReady(),
                seen.lastError(),
                seen.lastChange());
    }
}
