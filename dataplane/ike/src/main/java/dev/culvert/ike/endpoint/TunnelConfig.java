package dev.culvert.ike.endpoint;

import dev.culvert.crypto.Proposal;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A tunnel to one peer. Compared field by field when it changes: what changes nothing on the wire leaves the security
 * associations alone.
 *
 * @param name unique within the endpoint
 * @param phase1Mode of IKEv1
 * @param ikeProposals in order of preference, at least one
 * @param local our identity, sent as IDi or IDr
 * @param remote the identity the peer must prove
 * @param localAddress the address we send from; if empty, {@code 0.0.0.0} or {@code ::} stands in each
 *     {@link Output.Transmit} until the peer's first answer says which address it reached
 * @param remoteAddresses the peer's addresses with its IKE port, tried in turn. With port 500 the NAT port is used where
 *     RFC 7296 §2.23 asks for it; any other port is spoken to from our NAT port, with the non-ESP marker, from the
 *     start. May be empty for a peer that only initiates, from anywhere
 * @param rekeyTime age at which the IKE SA is rekeyed, less a random part of at most a tenth; zero for never
 * @param reauthTime age at which the IKE SA is replaced by a newly authenticated one; zero for never
 * @param mobike whether its SAs may move to other addresses of either side (RFC 4555)
 * @param tcpEncapsulation whether TCP may carry it all (RFC 9329)
 * @param postQuantumKey mixed into the keys beside the authentication (RFC 8784)
 */
public record TunnelConfig(
        String name,
        IkeVersion version,
        Phase1Mode phase1Mode,
        List<Proposal> ikeProposals,
        Identity local,
        Identity remote,
        AuthConfig auth,
        Optional<IpAddress> localAddress,
        List<UdpAddress> remoteAddresses,
        List<ChildConfig> children,
        DpdConfig dpd,
        Encapsulation encapsulation,
        Duration rekeyTime,
        Duration reauthTime,
        boolean mobike,
        Fragmentation fragmentation,
        Optional<PostQuantumKey> postQuantumKey,
        Childless childless,
        TcpEncapsulation tcpEncapsulation) {
    public TunnelConfig {
        ikeProposals = List.copyOf(ikeProposals);
        remoteAddresses = List.copyOf(remoteAddresses);
        children = List.copyOf(children);
        if (ikeProposals.isEmpty()) {
            throw new IllegalArgumentException("tunnel '" + name + "' has no IKE proposals");
        }
        if (rekeyTime.isNegative() || reauthTime.isNegative()) {
            throw new IllegalArgumentException("tunnel '" + name + "' has a negative lifetime");
        }
        Set<String> names = new HashSet<>();
        for (ChildConfig child : children) {
            if (!names.add(child.name())) {
                throw new IllegalArgumentException("tunnel '" + name + "' has two children '" + child.name() + "'");
            }
        }
    }

    public Optional<ChildConfig> child(String childName) {
        return children.stream().filter(c -> c.name().equals(childName)).findFirst();
    }

    /**
     * Whether both lead to the same IKE SA; the children are compared one by one.
     *
     * @param remote where the IKE SA's peer is: another choice of addresses makes no difference if that is among them
     */
    public boolean sameIkeSaAs(TunnelConfig other, Optional<UdpAddress> remote) {
        return sameIkeSaAs(other) && (remoteAddresses.equals(other.remoteAddresses) || stillKnows(other, remote));
    }

    private boolean stillKnows(TunnelConfig other, Optional<UdpAddress> remote) {
        Set<UdpAddress> gone = new HashSet<>(other.remoteAddresses);
        remoteAddresses.forEach(gone::remove);
        return remote.isPresent()
                && gone.stream().noneMatch(a -> a.address().equals(remote.get().address()));
    }

    /** A field counts unless it is known not to: so does one that nobody thought of here. */
    private boolean sameIkeSaAs(TunnelConfig other) {
        return auth.keepsIkeSaOf(other.auth)
                && toBuilder()
                        .auth(other.auth)
                        .remoteAddresses(other.remoteAddresses)
                        .children(other.children)
                        .dpd(other.dpd)
                        .rekeyTime(other.rekeyTime)
                        .reauthTime(other.reauthTime)
                        .childless(other.childless)
                        .build()
                        .equals(other);
    }

    /** The same with changes. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** An IKEv2 tunnel without addresses, children, lifetimes and liveness checks, until the builder is told otherwise. */
    public static Builder builder(
            String name, List<Proposal> ikeProposals, Identity local, Identity remote, AuthConfig auth) {
        return new Builder(new TunnelConfig(
                name,
                IkeVersion.IKEV2,
                Phase1Mode.MAIN,
                ikeProposals,
                local,
                remote,
                auth,
                Optional.empty(),
                List.of(),
                List.of(),
                DpdConfig.OFF,
                Encapsulation.AUTO,
                Duration.ZERO,
                Duration.ZERO,
                false,
                Fragmentation.DEFAULT,
                Optional.empty(),
                Childless.ALLOW,
                TcpEncapsulation.OFF));
    }

    /** Makes a tunnel from another one. */
    public static final class Builder {
        private final String name;
        private IkeVersion version;
        private Phase1Mode phase1Mode;
        private final List<Proposal> ikeProposals;
        private final Identity local;
        private final Identity remote;
        private AuthConfig auth;
        private Optional<IpAddress> localAddress;
        private List<UdpAddress> remoteAddresses;
        private List<ChildConfig> children;
        private DpdConfig dpd;
        private Encapsulation encapsulation;
        private Duration rekeyTime;
        private Duration reauthTime;
        private boolean mobike;
        private Fragmentation fragmentation;
        private Optional<PostQuantumKey> postQuantumKey;
        private Childless childless;
        private TcpEncapsulation tcpEncapsulation;

        private Builder(TunnelConfig from) {
            name = from.name;
            version = from.version;
            phase1Mode = from.phase1Mode;
            ikeProposals = from.ikeProposals;
            local = from.local;
            remote = from.remote;
            auth = from.auth;
            localAddress = from.localAddress;
            remoteAddresses = from.remoteAddresses;
            children = from.children;
            dpd = from.dpd;
            encapsulation = from.encapsulation;
            rekeyTime = from.rekeyTime;
            reauthTime = from.reauthTime;
            mobike = from.mobike;
            fragmentation = from.fragmentation;
            postQuantumKey = from.postQuantumKey;
            childless = from.childless;
            tcpEncapsulation = from.tcpEncapsulation;
        }

        public Builder version(IkeVersion value) {
            version = value;
            return this;
        }

        public Builder phase1Mode(Phase1Mode value) {
            phase1Mode = value;
            return this;
        }

        Builder auth(AuthConfig value) {
            auth = value;
            return this;
        }

        public Builder localAddress(Optional<IpAddress> value) {
            localAddress = value;
            return this;
        }

        public Builder remoteAddresses(List<UdpAddress> value) {
            remoteAddresses = value;
            return this;
        }

        public Builder children(List<ChildConfig> value) {
            children = value;
            return this;
        }

        public Builder dpd(DpdConfig value) {
            dpd = value;
            return this;
        }

        public Builder encapsulation(Encapsulation value) {
            encapsulation = value;
            return this;
        }

        public Builder rekeyTime(Duration value) {
            rekeyTime = value;
            return this;
        }

        public Builder reauthTime(Duration value) {
            reauthTime = value;
            return this;
        }

        public Builder mobike(boolean value) {
            mobike = value;
            return this;
        }

        public Builder fragmentation(Fragmentation value) {
            fragmentation = value;
            return this;
        }

        public Builder postQuantumKey(Optional<PostQuantumKey> value) {
            postQuantumKey = value;
            return this;
        }

        public Builder childless(Childless value) {
            childless = value;
            return this;
        }

        public Builder tcpEncapsulation(TcpEncapsulation value) {
            tcpEncapsulation = value;
            return this;
        }

        public TunnelConfig build() {
            return new TunnelConfig(
                    name,
                    version,
                    phase1Mode,
                    ikeProposals,
                    local,
                    remote,
                    auth,
                    localAddress,
                    remoteAddresses,
                    children,
                    dpd,
                    encapsulation,
                    rekeyTime,
                    reauthTime,
                    mobike,
                    fragmentation,
                    postQuantumKey,
                    childless,
                    tcpEncapsulation);
        }
    }
}
