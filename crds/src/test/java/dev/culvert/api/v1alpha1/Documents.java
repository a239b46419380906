package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;

/** The documents that tests start from, and how to change one thing in them. */
public final class Documents {
    public static final String TUNNEL = """
            apiVersion: culvert.dev/v1alpha1
            kind: IPSecTunnel
            metadata: {name: branch, namespace: default}
            spec:
              gatewayRef: {name: default}
              ike:
                version: IKEv2
                proposals: [aes256gcm16-prfsha384-x25519, aes256-sha256-modp2048]
                rekeyTime: 4h
                dpd: {delay: 10s, action: Restart}
              local: {identity: {type: FQDN, value: cluster.example}}
              remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: branch.example}}
              authentication:
                method: PreSharedKey
                preSharedKey: {secretRef: {name: branch-psk, key: psk}}
              children:
              - name: net
                localTrafficSelectors: [10.244.0.0/16]
                remoteTrafficSelectors: [10.50.0.0/16]
                proposals: [aes256gcm16-x25519, aes256gcm16]
                startAction: Start
            """;

    public static final String SECRET = """
            apiVersion: v1
            kind: Secret
            metadata: {name: branch-psk, namespace: default}
            stringData: {psk: "at least twenty random characters"}
            """;

    public static final String GATEWAY = """
            apiVersion: culvert.dev/v1alpha1
            kind: IPSecGateway
            metadata: {name: default, namespace: default}
            spec:
              nodeSelector: {culvert.dev/gateway: "true"}
              tolerations: [{key: edge, operator: Exists, effect: NoSchedule}]
              podTemplate: {resources: {requests: {cpu: 100m, memory: 256Mi}}, priorityClassName: system-node-critical}
              exposure: {type: HostNetwork, publicAddress: 198.51.100.7}
              routing: {type: HostRoute}
              mtu: 1400
            """;

    private Documents() {}

    public static ObjectNode tree(String yaml) {
        return Serialization.unmarshal(yaml, ObjectNode.class);
    }

    public static IPSecTunnel tunnel() {
        return Serialization.unmarshal(TUNNEL, IPSecTunnel.class);
    }

    public static IPSecTunnel tunnel(String pointer, String yamlValue) {
        return as(IPSecTunnel.class, with(tree(TUNNEL), pointer, yamlValue));
    }

    public static <T> T as(Class<T> type, JsonNode tree) {
        return Serialization.unmarshal(tree.toString(), type);
    }

    /** The document with one value set; {@code -} behind a list's path appends to it. Values are YAML. */
    public static ObjectNode with(ObjectNode document, String pointer, String yamlValue) {
        JsonPointer path = JsonPointer.compile(pointer);
        JsonNode value = Serialization.unmarshal("---\n" + yamlValue, JsonNode.class);
        String last = path.last().getMatchingProperty();
        JsonNode parent = document.at(path.head());
        if (parent instanceof ArrayNode list) {
            if (last.equals("-")) {
                list.add(value);
            } else {
                list.set(Integer.parseInt(last), value);
            }
        } else if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else {
            document.withObject(path.head().toString()).set(last, value);
        }
        return document;
    }

    public static ObjectNode without(ObjectNode document, String pointer) {
        JsonPointer path = JsonPointer.compile(pointer);
        ((ObjectNode) document.at(path.head())).remove(path.last().getMatchingProperty());
        return document;
    }
}
