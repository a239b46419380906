package dev.culvert.ike.v1.quick;

import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v1.message.IdPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Optional;

/**
 * Both ends of the traffic that a quick mode is for, as we see them: IDci and IDcr on the wire, or the two peers themselves
 * if there are none (RFC 2409 §5.5). IKEv1 has one for each side and no narrowing: they are equal to what is configured or
 * refused.
 */
record Ends(TrafficSelector local, TrafficSelector remote) {
    /** Those of a configured child, which has one on each side. */
    static Ends of(ChildConfig child) {
        return new Ends(
                child.localSelectors().getFirst(), child.remoteSelectors().getFirst());
    }

    /** The peers themselves. */
    static Ends between(PeerPath path) {
        return new Ends(host(path.local().address()), host(path.remote().address()));
    }

    private static TrafficSelector host(IpAddress address) {
        return new TrafficSelector(TrafficSelector.ANY_PROTOCOL, 0, 0xffff, address, address);
    }

    /**
     * Reads a message's.
     *
     * @param initiator whether we are the initiator, whose end comes first
     * @return empty if it has only one, or one that names no traffic
     */
    static Optional<Ends> read(V1Message message, boolean initiator, PeerPath path) {
        List<IdPayload> ids = message.all(IdPayload.class);
        if (ids.isEmpty()) {
            return Optional.of(between(path));
        }
        if (ids.size() != 2) {
            return Optional.empty();
        }
        Optional<TrafficSelector> ofInitiator = ids.getFirst().selector();
        Optional<TrafficSelector> ofResponder = ids.getLast().selector();
        if (ofInitiator.isEmpty() || ofResponder.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                initiator
                        ? new Ends(ofInitiator.get(), ofResponder.get())
                        : new Ends(ofResponder.get(), ofInitiator.get()));
    }

    /**
     * IDci and IDcr. In transport mode the traffic of the peers with each other goes without them: behind a NAT each side
     * has another idea of the addresses.
     */
    List<IdPayload> payloads(boolean initiator, boolean transport, PeerPath path) {
        if (transport && equals(between(path))) {
            return List.of();
        }
        IdPayload ours = IdPayload.of(local);
        IdPayload theirs = IdPayload.of(remote);
        return initiator ? List.of(ours, theirs) : List.of(theirs, ours);
    }

    /**
     * The same with the addresses that we know the peers by: in transport mode a peer behind a NAT names itself by one that
     * nobody else knows (RFC 3947 §5.2).
     */
    Ends asSeen(PeerPath path) {
        return new Ends(
                path.localBehindNat() ? at(local, path.local().address()) : local,
                path.remoteBehindNat() ? at(remote, path.remote().address()) : remote);
    }

    private static TrafficSelector at(TrafficSelector host, IpAddress address) {
        return host.start().equals(host.end())
                ? new TrafficSelector(host.protocol(), host.startPort(), host.endPort(), address, address)
                : host;
    }

    /** For people: {@code local 10.1.0.0/16, remote 10.2.0.0/16}. */
    @Override
    public String toString() {
        return "local " + local + ", remote " + remote;
    }
}
