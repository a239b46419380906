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
 */
public record TunnelConfig(
        String name,
        IkeVersion version,
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
        Duration reauthTime) {
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

    /** Whether both lead to the same IKE SA; the children are compared one by one. */
    boolean sameIkeSaAs(TunnelConfig other) {
        return version == other.version
                && ikeProposals.equals(other.ikeProposals)
                && local.equals(other.local)
                && remote.equals(other.remote)
                && auth.equals(other.auth)
                && localAddress.equals(other.localAddress)
                && remoteAddresses.equals(other.remoteAddresses)
                && encapsulation == other.encapsulation;
    }
}
