package dev.culvert.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.culvert.agent.config.Credentials;
import dev.culvert.agent.config.DesiredTunnel;
import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ChildProtocol;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.DontFragment;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointPreSharedKey;
import dev.culvert.api.v1alpha1.EndpointRole;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.Identity;
import dev.culvert.api.v1alpha1.IdentityType;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.api.v1alpha1.LocalEnd;
import dev.culvert.api.v1alpha1.NatSettings;
import dev.culvert.api.v1alpha1.RemoteEnd;
import dev.culvert.api.v1alpha1.StartAction;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.api.v1alpha1.TcpMssClamp;
import dev.culvert.api.v1alpha1.TunnelReference;
import dev.culvert.crypto.SecretBytes;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Desired tunnels for tests: one child {@code net} from 10.1.0.0/16 to 10.2.0.0/16. */
public final class Desired {
    private Desired() {}

    public static DesiredTunnel tunnel(String name, String... remoteAddresses) {
        return tunnel(name, 1, false, "10.2.0.0/16", remoteAddresses);
    }

    /** Always over TCP. */
    public static DesiredTunnel overTcp(String name, int port) {
        IkeSettings usual = IkeSettings.defaults();
        IkeSettings ike = new IkeSettings(
                usual.version(),
                usual.mode(),
                usual.proposals(),
                usual.rekeyTime(),
                usual.reauthTime(),
                usual.dpd(),
                usual.mobike(),
                usual.fragmentation(),
                usual.fragmentSize(),
                usual.childless(),
                TcpEncapsulation.ALWAYS,
                port);
        return tunnel(ike, name, 2, false, ChildMode.TUNNEL, "10.1.0.0/16", "10.2.0.0/16", "192.0.2.2");
    }

    public static DesiredTunnel tunnel(
            String name, long generation, boolean suspend, String remoteNetwork, String... remoteAddresses) {
        return tunnel(
                IkeSettings.defaults(),
                name,
                generation,
                suspend,
                ChildMode.TUNNEL,
                "10.1.0.0/16",
                remoteNetwork,
                remoteAddresses);
    }

    /** With an address translation, in YAML. */
    public static DesiredTunnel translated(String name, String translation) {
        DesiredTunnel plain = tunnel(name, "192.0.2.2");
        ObjectNode spec = Serialization.unmarshal(Serialization.asJson(plain.spec()), ObjectNode.class);
        spec.set("nat", Serialization.unmarshal("---\n{translations: [" + translation + "]}", JsonNode.class));
        return new DesiredTunnel(
                Optional.empty(),
                Serialization.unmarshal(spec.toString(), IPSecEndpointSpec.class),
                1,
                plain.credentials());
    }

    /** The traffic of 192.0.2.1 with the peer in transport mode. */
    public static DesiredTunnel transport(String name, String peer) {
        return tunnel(IkeSettings.defaults(), name, 1, false, ChildMode.TRANSPORT, "192.0.2.1/32", peer + "/32", peer);
    }

    private static DesiredTunnel tunnel(
            IkeSettings ike,
            String name,
            long generation,
            boolean suspend,
            ChildMode mode,
            String localNetwork,
            String remoteNetwork,
            String... remoteAddresses) {
        IPSecEndpointSpec spec = new IPSecEndpointSpec(
                new TunnelReference("default", name, generation),
                "node",
                EndpointRole.ACTIVE,
                suspend,
                ike,
                new LocalEnd(new Identity(IdentityType.FQDN, "a.example"), null),
                new RemoteEnd(List.of(remoteAddresses), 500, new Identity(IdentityType.FQDN, "b.example")),
                NatSettings.defaults(),
                TcpMssClamp.defaults(),
                DontFragment.CLEAR,
                new EndpointAuthentication(
                        AuthenticationMethod.PRE_SHARED_KEY, null, new EndpointPreSharedKey("psk"), null, null),
                List.of(new ChildSpec(
                        "net",
                        List.of(localNetwork),
                        List.of(remoteNetwork),
                        null,
                        mode,
                        ChildProtocol.ESP,
                        DefaultProposals.ESP,
                        ChildSpec.DEFAULT_REKEY_TIME,
                        0L,
                        0L,
                        StartAction.START,
                        StartAction.START,
                        ChildSpec.DEFAULT_REPLAY_WINDOW)),
                List.of(),
                null);
        return new DesiredTunnel(
                Optional.empty(),
                spec,
                generation,
                Credentials.preSharedKey(
                        SecretBytes.wrap("a long enough secret of ours".getBytes(StandardCharsets.UTF_8))));
    }
}
