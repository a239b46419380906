package dev.culvert.agent.config;

import dev.culvert.agent.worker.TrafficLifetime;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.DeadPeerDetection;
import dev.culvert.api.v1alpha1.DefaultProposals;
import dev.culvert.api.v1alpha1.Durations;
import dev.culvert.api.v1alpha1.EndpointPostQuantumPreSharedKey;
import dev.culvert.api.v1alpha1.IPSecEndpointSpec;
import dev.culvert.api.v1alpha1.IkeMode;
import dev.culvert.api.v1alpha1.IkeSettings;
import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.AuthConfig;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.Childless;
import dev.culvert.ike.endpoint.CloseAction;
import dev.culvert.ike.endpoint.DpdConfig;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.Fragmentation;
import dev.culvert.ike.endpoint.Identity;
import dev.culvert.ike.endpoint.IkeVersion;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.Phase1Mode;
import dev.culvert.ike.endpoint.PostQuantumKey;
import dev.culvert.ike.endpoint.StartAction;
import dev.culvert.ike.endpoint.TcpEncapsulation;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in the negotiator's terms what an endpoint's spec says in the resources'. Pure. */
public final class TunnelConfigs {
    private TunnelConfigs() {}

    /**
     * Translates a spec.
     *
     * @param postQuantumKey what the spec's post-quantum pre-shared key refers to, if it has one
     * @param remoteAddresses the peer's addresses, names looked up already
     * @throws IllegalArgumentException for a value that validation should have refused
     */
    public static TunnelConfig of(
            String name,
            IPSecEndpointSpec spec,
            AuthConfig auth,
            Optional<SecretBytes> postQuantumKey,
            List<IpAddress> remoteAddresses) {
        return TunnelConfig.builder(
                        name,
                        proposals(
                                spec.ike().version(),
                                SecurityProtocol.IKE,
                                spec.ike().proposals(),
                                DefaultProposals.ike(spec.ike())),
                        identity(spec.local().identity()),
                        identity(spec.remote().identity()),
                        auth)
                .version(
                        switch (spec.ike().version()) {
                            case IKE_V1 -> IkeVersion.IKEV1;
                            case IKE_V2 -> IkeVersion.IKEV2;
                        })
                .phase1Mode(spec.ike().mode() == IkeMode.AGGRESSIVE ? Phase1Mode.AGGRESSIVE : Phase1Mode.MAIN)
                .localAddress(Optional.ofNullable(spec.local().address()).map(IpAddress::parse))
                .remoteAddresses(remoteAddresses.stream()
                        .map(address -> new UdpAddress(address, spec.remote().port()))
                        .toList())
                .children(spec.children().stream()
                        .map(child -> child(spec.ike().version(), child))
                        .toList())
                .dpd(dpd(spec.ike().dpd()))
                .encapsulation(
                        switch (spec.nat().encapsulation()) {
                            case AUTO -> Encapsulation.AUTO;
                            case ALWAYS -> Encapsulation.ALWAYS;
                            case NEVER -> Encapsulation.NEVER;
                        })
                .rekeyTime(Durations.parse(spec.ike().rekeyTime()))
                .reauthTime(Durations.parse(spec.ike().reauthTime()))
                .mobike(spec.ike().mobike())
                .fragmentation(fragmentation(spec.ike()))
                .postQuantumKey(postQuantumKey(spec.authentication().postQuantumPreSharedKey(), postQuantumKey))
                .childless(
                        switch (spec.ike().childless()) {
                            case ALLOW -> Childless.ALLOW;
                            case PREFER -> Childless.PREFER;
                            case FORCE -> Childless.FORCE;
                            case NEVER -> Childless.NEVER;
                        })
                .tcpEncapsulation(new TcpEncapsulation(
                        switch (spec.ike().tcpEncapsulation()) {
                            case OFF -> TcpEncapsulation.Mode.OFF;
                            case FALLBACK -> TcpEncapsulation.Mode.FALLBACK;
                            case ALWAYS -> TcpEncapsulation.Mode.ALWAYS;
                        },
                        spec.ike().tcpPort()))
                .build();
    }

    private static ChildConfig child(dev.culvert.api.v1alpha1.IkeVersion version, ChildSpec child) {
        Duration rekeyTime = Durations.parse(child.rekeyTime());
        return ChildConfig.builder(
                        child.name(),
                        child.localSelectors(),
                        child.remoteSelectors(),
                        proposals(
                                version,
                                child.protocol().securityProtocol(),
                                child.proposals(),
                                DefaultProposals.of(child.protocol())))
                .mode(
                        switch (child.mode()) {
                            case TUNNEL -> IpsecMode.TUNNEL;
                            case TRANSPORT -> IpsecMode.TRANSPORT;
                        })
                .startAction(
                        switch (child.startAction()) {
                            case START -> StartAction.START;
                            case TRAP -> StartAction.TRAP;
                            case NONE -> StartAction.NONE;
                        })
                .closeAction(
                        switch (child.closeAction()) {
                            case START -> CloseAction.START;
                            case TRAP -> CloseAction.TRAP;
                            case NONE -> CloseAction.NONE;
                        })
                .rekeyTime(rekeyTime)
                // as strongSwan's life_time: a tenth more than the rekey time
                .lifeTime(rekeyTime.plus(rekeyTime.dividedBy(10)))
                .lifeBytes(TrafficLifetime.hard(child.rekeyBytes()))
                .build();
    }

    private static Optional<PostQuantumKey> postQuantumKey(
            @Nullable EndpointPostQuantumPreSharedKey wanted, Optional<SecretBytes> key) {
        return Optional.ofNullable(wanted)
                .flatMap(w -> key.map(k -> new PostQuantumKey(Bytes.utf8(w.id()), k, w.required())));
    }

    private static Fragmentation fragmentation(IkeSettings ike) {
        return new Fragmentation(
                switch (ike.fragmentation()) {
                    case ALLOW -> Fragmentation.Mode.YES;
                    case ACCEPT -> Fragmentation.Mode.ACCEPT;
                    case NEVER -> Fragmentation.Mode.NO;
                },
                ike.fragmentSize());
    }

    private static DpdConfig dpd(DeadPeerDetection dpd) {
        return new DpdConfig(
                Durations.parse(dpd.delay()),
                Durations.parse(dpd.timeout()),
                switch (dpd.action()) {
                    case CLEAR -> DpdConfig.Action.CLEAR;
                    case TRAP -> DpdConfig.Action.TRAP;
                    case RESTART -> DpdConfig.Action.RESTART;
                });
    }

    private static Identity identity(dev.culvert.api.v1alpha1.Identity identity) {
        return switch (identity.type()) {
            case FQDN -> Identity.fqdn(identity.value());
            case IP -> Identity.ip(IpAddress.parse(identity.value()));
            case EMAIL -> Identity.email(identity.value());
            case DN -> Identity.dn(identity.value());
        };
    }

    private static List<Proposal> proposals(
            dev.culvert.api.v1alpha1.IkeVersion version,
            SecurityProtocol protocol,
            List<String> configured,
            List<String> byDefault) {
        return (configured.isEmpty() ? byDefault : configured)
                .stream().map(keywords -> version.proposal(protocol, keywords)).toList();
    }
}
