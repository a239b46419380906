package dev.culvert.operator.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.RouteTable.Route;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteNetworksTest {
    private static final Node NODE = Serialization.unmarshal("""
            metadata: {name: a}
            status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
            """, Node.class);

    private static IPSecTunnel tunnel(String remote, String nat) {
        return Serialization.unmarshal("""
                metadata: {name: branch, namespace: default}
                spec:
                  local: {identity: {type: FQDN, value: a.example}}
                  remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: b.example}}
                  authentication: {method: PreSharedKey, preSharedKey: {secretRef: {name: psk}}}
                  nat: %s
                  children: [{name: net, localTrafficSelectors: [10.244.0.0/16], remoteTrafficSelectors: [%s]}]
                status: {conditions: [{type: Accepted, status: "True"}]}
                """.formatted(nat, remote), IPSecTunnel.class);
    }

    @Test
    void asTheyAreInTheTunnel() {
        assertThat(RemoteNetworks.routes(List.of(tunnel("10.50.0.0/16", "{}")), NODE)
                        .routes())
                .containsExactly(new Route("10.50.0.0/16", "192.0.2.1"));
    }

    /** The nodes send to the addresses that their pods use. */
    @Test
    void orAsPodsKnowThem() {
        String nat = "{translations: [{side: Remote, type: OneToOne, from: 10.244.0.0/16, to: 10.102.0.0/16}]}";
        assertThat(RemoteNetworks.routes(List.of(tunnel("10.244.0.0/16", nat)), NODE)
                        .routes())
                .containsExactly(new Route("10.102.0.0/16", "192.0.2.1"));
    }
}
