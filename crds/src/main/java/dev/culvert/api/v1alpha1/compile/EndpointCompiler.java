package dev.culvert.api.v1alpha1.compile;

import dev.culvert.api.v1alpha1.Authentication;
import dev.culvert.api.v1alpha1.AuthenticationMethod;
import dev.culvert.api.v1alpha1.CertificateSource;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DeadPeerDetection;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.EndpointAuthentication;
import dev.culvert.api.v1alpha1.EndpointCertificate;
import dev.culvert.api.v1alpha1.EndpointPostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.EndpointPreSharedKey;
import dev.culvert.api.v1alpha1.EndpointRole;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IPSecGatewaySpec;
import dev.culvert.api.v1alpha1.IPSecTunnel;
import dev.culvert.api.v1alpha1.IPSecTunnelSpec;
import dev.culvert.api.v1alpha1.IkeMode;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.api.v1alpha1.IkeVersion;
import dev.culvert.api.v1alpha1.PostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.Revocation;
import dev.culvert.api.v1alpha1.TunnelReference;
import dev.culvert.api.v1alpha1.preset.Presets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles a tunnel for one node. Pure: same inputs, same endpoint. */
public final class EndpointCompiler {
    private EndpointCompiler() {}

    /**
     * The endpoint of an accepted tunnel on a node: no reference is left to resolve but the name of a key in the node's
     * own Secret ({@link EndpointNames#preSharedKey}), and no default is left to fill in.
     *
     * @param tunnel with a name and a namespace
     * @param gateway where the tunnel ends
     */
    public static IPSecEndpointSpec compile(IPSecTunnel tunnel, IPSecGatewaySpec gateway, String nodeName) {
        String namespace = tunnel.getMetadata().getNamespace();
        String name = tunnel.getMetadata().getName();
        IPSecTunnelSpec spec = complete(tunnel.getSpec());
        return new IPSecEndpointSpec(
                new TunnelReference(namespace, name, tunnel.getMetadata().getGeneration()),
                nodeName,
                EndpointRole.ACTIVE,
                spec.suspend(),
                spec.ike(),
                spec.local(),
                spec.remote(),
                spec.nat(),
                spec.tcpMSSClamp(),
                spec.dontFragment(),
                authentication(spec.authentication(), namespace, name),
                spec.children(),
                spec.policies(),
                gateway.mtu());
    }

    /** The tunnel with every value there: what it does not say itself its preset says, and what that does not, the default. */
    public static IPSecTunnelSpec complete(IPSecTunnelSpec tunnel) {
        IPSecTunnelSpec spec = Presets.fill(tunnel);
        return new IPSecTunnelSpec(
                spec.gatewayRef(),
                spec.suspend(),
                spec.preset(),
                ike(spec.ike()),
                spec.local(),
                spec.remote(),
                spec.nat(),
                spec.tcpMSSClamp(),
                spec.dontFragment(),
                spec.authentication(),
                spec.children().stream().map(EndpointCompiler::child).toList(),
                spec.policies());
    }

    private static IkeSettings ike(IkeSettings ike) {
        return new IkeSettings(
                ike.version(),
                ike.version() == IkeVersion.IKE_V1 && ike.mode() == null ? IkeMode.MAIN : ike.mode(),
                orElse(ike.proposals(), DefaultProposals.ike(ike)),
                ike.rekeyTime(),
                ike.reauthTime(),
                new DeadPeerDetection(
                        ike.dpd().delay(), ike.dpd().timeout(), ike.dpd().action()),
                ike.mobike(),
                ike.fragmentation(),
                ike.fragmentSize(),
                ike.childless(),
                ike.tcpEncapsulation(),
                ike.tcpPort());
    }

    private static EndpointAuthentication authentication(Authentication wanted, String namespace, String name) {
        boolean proves = wanted.method() == AuthenticationMethod.CERTIFICATE;
        boolean checks = wanted.methodOfPeer() == AuthenticationMethod.CERTIFICATE;
        return new EndpointAuthentication(
                wanted.method(),
                wanted.remoteMethod(),
                proves && checks ? null : new EndpointPreSharedKey(EndpointNames.preSharedKey(namespace, name)),
                proves || checks
                        ? new EndpointCertificate(
                                proves ? EndpointNames.certificate(namespace, name) : null,
                                proves ? EndpointNames.privateKey(namespace, name) : null,
                                checks ? EndpointNames.trustBundle(namespace, name) : null,
                                checks ? revocation(wanted.certificate()) : null)
                        : null,
                postQuantumPreSharedKey(wanted.postQuantumPreSharedKey(), namespace, name));
    }

    private static @Nullable Revocation revocation(@Nullable CertificateSource source) {
        return source != null
                        && source.revocation() != null
                        && source.revocation().isOn()
                ? source.revocation()
                : null;
    }

    private static @Nullable EndpointPostQuantumPreSharedKey postQuantumPreSharedKey(
            @Nullable PostQuantumPreSharedKey wanted, String namespace, String name) {
        return wanted == null
                ? null
                : new EndpointPostQuantumPreSharedKey(
                        wanted.id(), EndpointNames.postQuantumPreSharedKey(namespace, name), wanted.required());
    }

    private static ChildSpec child(ChildSpec child) {
        return new ChildSpec(
                child.name(),
                child.localTrafficSelectors(),
                child.remoteTrafficSelectors(),
                child.trafficFilter(),
                child.mode(),
                child.protocol(),
                orElse(child.proposals(), DefaultProposals.of(child.protocol())),
                child.rekeyTime(),
                child.rekeyBytes(),
                child.rekeyPackets(),
                child.startAction(),
                child.closeAction(),
                child.replayWindow());
    }

    private static List<String> orElse(List<String> proposals, List<String> otherwise) {
        return proposals.isEmpty() ? otherwise : proposals;
    }
}
