package dev.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.compile.EndpointCompiler;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.Command;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.endpoint.IkeDatagram;
import dev.culvert.ike.endpoint.IkeEndpoint;
import dev.culvert.ike.endpoint.Output;
import dev.culvert.ike.endpoint.TunnelStatus;
import dev.culvert.testkit.LinkConditions;
import dev.culvert.testkit.SimulatedNetwork;
import dev.culvert.testkit.VirtualClock;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A tunnel that says nothing but its preset, against a responder that speaks only what the vendor documents: the
 * proposals here are taken from the vendors' pages (docs/presets.md), not from the presets.
 */
class PresetNegotiationTest {
    private static final String OURS = "192.0.2.1";
    private static final String PEERS = "192.0.2.2";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network = new SimulatedNetwork(clock, 1);

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                // AWS: the lowest that is on offer, in the order of its lists
                "AWS | IKEv2 | aes128-sha1-modp1024, aes256-sha384-modp2048, aes128gcm16-prfsha256-modp2048, aes256gcm16-prfsha384-ecp384 | aes128-sha1-modp1024, aes128gcm16-modp2048, aes256gcm16-ecp384 | aes256gcm16-prfsha384-ecp384 | aes256gcm16",
                "Azure | IKEv2 | aes256-sha1-modp1024, aes256-sha256-modp1024, aes128-sha1-modp1024, aes128-sha256-modp1024 | aes256gcm16, aes256-sha1, aes256-sha256, aes128-sha1 | aes256-sha256-modp1024 | aes256gcm16",
                "GCP | IKEv2 | aes128gcm16-prfsha256-modp2048, aes256gcm16-prfsha384-ecp384 | aes128gcm16-modp2048, aes256gcm16-ecp384 | aes256gcm16-prfsha384-ecp384 | aes256gcm16",
                "MikroTik | IKEv2 | aes128-sha1-modp2048, aes128-sha1-modp1024 | aes256-aes192-aes128-sha1-modp1024 | aes128-sha1-modp2048 | aes256-sha1",
                "Cloudflare | IKEv2 | aes256gcm16-prfsha256-prfsha384-prfsha512-ecp384-ke1_mlkem768, aes256gcm16-prfsha384-ecp384-modp2048-modp1536 | aes256gcm16-ecp384-modp2048 | aes256gcm16-prfsha384-ecp384-ke1_mlkem768 | aes256gcm16",
                // what the vendor's page leaves to whoever configures it
                "CiscoIOS | IKEv2 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "CiscoASA | IKEv2 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "FortiGate | IKEv2 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "JuniperSRX | IKEv2 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "PaloAlto | IKEv2 | aes256gcm16-prfsha384-ecp256 | aes256gcm16 | aes256gcm16-prfsha384-ecp256 | aes256gcm16",
                // and their older devices
                "AWS | IKEv1 | aes128-sha1-modp1024, aes256-sha384-ecp384 | aes128-sha1-modp1024, aes256gcm16-ecp384 | aes256-sha384-ecp384 | aes256gcm16",
                "Azure | IKEv1 | aes256-sha1-modp1024, aes256-sha256-modp1024, 3des-sha1-modp1024 | aes256gcm16, aes256-sha1 | aes256-sha256-modp1024 | aes256gcm16",
                "AzurePolicyBased | IKEv1 | aes256-sha256-modp1024, aes256-sha1-modp1024, 3des-sha1-modp1024 | aes256-sha256, aes256-sha1, 3des-sha1 | aes256-sha256-modp1024 | aes256-sha256",
                "GCPIKEv1 | IKEv1 | aes128-sha1-modp1024 | aes128-sha1-modp1024 | aes128-sha1-modp1024 | aes128-sha1",
                "MikroTik | IKEv1 | aes128-sha1-modp2048, aes128-sha1-modp1024 | aes256-aes192-aes128-sha1-modp1024 | aes128-sha1-modp2048 | aes256-sha1",
                "CiscoIOS | IKEv1 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "CiscoASA | IKEv1 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "FortiGate | IKEv1 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "JuniperSRX | IKEv1 | aes256-sha256-modp2048 | aes256-sha256 | aes256-sha256-modp2048 | aes256-sha256",
                "PaloAlto | IKEv1 | aes256-sha256-ecp256 | aes256gcm16 | aes256-sha256-ecp256 | aes256gcm16",
            })
    void comesUpWithTheStrongestOfBoth(
            String preset, String version, String peersIke, String peersEsp, String ike, String esp) {
        network.conditions(LinkConditions.GOOD);
        Node peer = new Node(PEERS);
        Node ours = new Node(OURS);
        peer.put(
                """
                ike: {version: %s, proposals: [%s]}
                  local: {identity: {type: FQDN, value: b.example}}
                  remote: {addresses: [192.0.2.1], identity: {type: FQDN, value: a.example}}""".formatted(version, peersIke),
                "10.2.0.0/16",
                "10.1.0.0/16",
                "proposals: [" + peersEsp + "], startAction: None");
        ours.put("""
                preset: %s
                  ike: {version: %s}
                  local: {identity: {type: FQDN, value: a.example}}
                  remote: {addresses: [192.0.2.2], identity: {type: FQDN, value: b.example}}""".formatted(preset, version), "10.1.0.0/16", "10.2.0.0/16", "startAction: Start");
        run(ours, peer);
        assertThat(ours.installed).as("%s\n%s", ours.status, peer.status).hasSize(1);
        assertThat(peer.installed).hasSize(1);
        assertThat(ours.status.getLast().ikeSa().orElseThrow().proposal()).isEqualTo(ike);
        assertThat(ours.status.getLast().children().getFirst().proposal()).contains(esp);
    }

    private void run(Node... nodes) {
        long end = clock.nowNanos() + LIMIT.toNanos();
        while (Arrays.stream(nodes).anyMatch(node -> node.installed.isEmpty())) {
            long next = network.nextDelivery();
            for (Node node : nodes) {
                next = Math.min(next, node.endpoint.deadline());
            }
            if (next > end) {
                return;
            }
            clock.advanceNanos(Math.max(0, next - clock.nowNanos()));
            network.deliverDue();
            for (Node node : nodes) {
                node.endpoint.timeout(clock.nowNanos());
                node.drain();
            }
        }
    }

    /** An endpoint on the simulated network, configured by documents. */
    private final class Node {
        final IkeEndpoint endpoint;
        final List<Output.InstallChildSa> installed = new ArrayList<>();
        final List<TunnelStatus> status = new ArrayList<>();
        private final IpAddress address;

        Node(String address) {
            this.address = IpAddress.parse(address);
            endpoint = new IkeEndpoint(EndpointConfig.defaults(), RandomSource.seeded(address.hashCode()));
            network.attach(this.address, this::receive);
        }

        void put(String spec, String local, String remote, String child) {
            IPSecTunnel tunnel = Serialization.unmarshal("""
                    apiVersion: culvert.dev/v1alpha1
                    kind: IPSecTunnel
                    metadata: {name: branch, namespace: default}
                    spec:
                      %s
                      authentication: {method: PreSharedKey, preSharedKey: {secretRef: {name: psk, key: psk}}}
                      children:
                      - {name: net, localTrafficSelectors: [%s], remoteTrafficSelectors: [%s], %s}
                    """.formatted(spec, local, remote, child), IPSecTunnel.class);
            IPSecEndpointSpec compiled = EndpointCompiler.compile(tunnel, IPSecGatewaySpec.defaults(), "node");
            SecretBytes key =
                    SecretBytes.wrap("AtLeastTwentyRandomCharacters".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            AuthConfig auth =
                    new AuthConfig(new AuthConfig.Local.PreSharedKey(key), new AuthConfig.Remote.PreSharedKey(key));
            endpoint.command(
                    new Command.PutTunnel(TunnelConfigs.of(
                            "branch",
                            compiled,
                            auth,
                            Optional.empty(),
                            compiled.remote().addresses().stream()
                                    .map(IpAddress::parse)
                                    .toList())),
                    clock.nowNanos());
            drain();
        }

        private void receive(UdpAddress from, UdpAddress to, byte[] payload, long now) {
            byte[] message = to.port() == 4500 ? Arrays.copyOfRange(payload, 4, payload.length) : payload;
            endpoint.receive(new IkeDatagram(to, from, message), now);
            drain();
        }

        void drain() {
            for (Output output = endpoint.poll(); output != null; output = endpoint.poll()) {
                switch (output) {
                    case Output.Transmit transmit -> transmit(transmit);
                    case Output.InstallChildSa install -> installed.add(install);
                    case Output.Status(TunnelStatus now) -> status.add(now);
                    default -> {}
                }
            }
        }

        private void transmit(Output.Transmit transmit) {
            UdpAddress from = new UdpAddress(address, transmit.local().port());
            byte[] message = transmit.message();
            if (transmit.remote().port() == 4500) {
                byte[] marked = new byte[message.length + 4];
                System.arraycopy(message, 0, marked, 4, message.length);
                message = marked;
            }
            network.send(from, transmit.remote(), message);
        }
    }
}
