package dev.culvert.agent.config;

import dev.culvert.agent.host.CleartextGuard;
import dev.culvert.agent.host.RoutePlan;
import dev.culvert.api.v1alpha1.ChildMode;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.PolicyAction;
import dev.culvert.api.v1alpha1.StartAction;
import dev.culvert.api.v1alpha1.TcpEncapsulation;
import dev.culvert.api.v1alpha1.TrafficPolicy;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.io.nft.PacketFilter.Passage;
import dev.culvert.ipsec.spd.Policy;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the tunnels want of the packets: of the data path, which protects or drops what comes to it, and of the host, which
 * leads packets there or past it. Both see the same policies in the same order. Pure.
 */
public final class TunnelPolicies {
    private TunnelPolicies() {}

    /**
     * The security policy database: of each tunnel first its policies, then its children. They stand for suspended tunnels
     * too: their traffic is dropped, and counted, for want of an SA.
     */
    public static List<Policy> ofDataPath(DesiredState state) {
        List<Policy> policies = new ArrayList<>();
        for (DesiredTunnel tunnel : state.tunnels()) {
            IPSecEndpointSpec spec = tunnel.spec();
            for (TrafficPolicy policy : spec.policies()) {
                policy.parts(atHosts(tunnel))
                        .forEach(part -> policies.add(
                                switch (policy.action()) {
                                    case BYPASS -> new Policy.Bypass(part.local(), part.remote());
                                    case DISCARD -> new Policy.Discard(part.local(), part.remote());
                                }));
            }
            for (ChildSpec child : spec.children()) {
                ChildSpec atHosts = HostView.of(child, spec.nat());
                policies.add(new Policy.Protect(
                        tunnel.name(),
                        child.name(),
                        atHosts.localSelectors(),
                        atHosts.remoteSelectors(),
                        tunnel.negotiates() && child.startAction() != StartAction.NONE,
                        Translations.of(child, spec.nat())));
            }
        }
        return policies;
    }

    /** The networks that are routed into the TUN device. */
    public static List<RoutePlan.Protected> ofRoutes(DesiredState state) {
        return state.tunnels().stream()
                .flatMap(tunnel -> atHosts(tunnel).stream()
                        .map(child -> new RoutePlan.Protected(
                                networks(child.localTrafficSelectors()),
                                networks(child.remoteTrafficSelectors()),
                                child.mode() == ChildMode.TRANSPORT || hasBypass(tunnel))))
                .toList();
    }

    /** What is excepted from the filter for cleartext. A tunnel that has nothing go in the clear needs no exceptions. */
    public static CleartextGuard.Exceptions ofFilter(DesiredState state) {
        List<Passage> passages = state.tunnels().stream()
                .filter(TunnelPolicies::hasBypass)
                .flatMap(tunnel -> tunnel.spec().policies().stream()
                        .flatMap(policy -> policy.parts(atHosts(tunnel)).stream()
                                .map(part -> new Passage(
                                        policy.action() == PolicyAction.BYPASS, part.local(), part.remote()))))
                .toList();
        Set<Integer> tcpPorts = state.tunnels().stream()
                .map(tunnel -> tunnel.spec().ike())
                .filter(ike -> ike.tcpEncapsulation() != TcpEncapsulation.OFF)
                .map(ike -> ike.tcpPort())
                .collect(Collectors.toSet());
        return new CleartextGuard.Exceptions(passages, tcpPorts);
    }

    /** Whether some packets between the tunnel's networks go in the clear. */
    public static boolean hasBypass(DesiredTunnel tunnel) {
        return tunnel.spec().policies().stream().anyMatch(policy -> policy.action() == PolicyAction.BYPASS);
    }

    /** For each network from which packets come in the clear, an address that stands for it. */
    public static Stream<IpAddress> remotesInTheClear(DesiredTunnel tunnel) {
        return tunnel.spec().policies().stream()
                .filter(policy -> policy.action() == PolicyAction.BYPASS)
                .flatMap(policy -> policy.parts(atHosts(tunnel)).stream())
                .flatMap(part -> part.remote().stream())
                .map(TrafficSelector::start)
                .distinct();
    }

    /** Children with the addresses that our hosts know. */
    private static List<ChildSpec> atHosts(DesiredTunnel tunnel) {
        return HostView.of(tunnel.spec().children(), tunnel.spec().nat());
    }

    private static List<TrafficSelector> networks(List<String> cidrs) {
        return cidrs.stream().map(TrafficSelector::parse).toList();
    }
}
