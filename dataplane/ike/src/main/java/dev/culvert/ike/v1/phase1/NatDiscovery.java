package dev.culvert.ike.v1.phase1;

import dev.culvert.crypto.Hash;
import dev.culvert.crypto.RandomSource;
import dev.culvert.ike.endpoint.EndpointConfig;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v1.IsakmpSa;
import dev.culvert.ike.v1.NatTraversal;
import dev.culvert.ike.v1.message.NatDPayload;
import dev.culvert.ike.v1.message.V1Message;
import dev.culvert.ike.v1.message.V1Payload;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * NAT discovery (RFC 3947 §3.2): HASH(CKY-I | CKY-R | IP | Port) by the negotiated hash function, first of the receiver's
 * address, then of the sender's.
 *
 * @param localBehindNat the peer sees us at another address than we do
 * @param remoteBehindNat we see the peer at another address than it does, or it pretends so to have ESP encapsulated
 */
record NatDiscovery(boolean localBehindNat, boolean remoteBehindNat) {
    static final NatDiscovery NO_NAT = new NatDiscovery(false, false);

    /** Where the peer listens with NAT traversal if it listens at 500 without (RFC 3947 §4). */
    private static final int NAT_PORT = 4500;

    /**
     * The payloads to send.
     *
     * @param forged whether the hash of our address is to match nothing, so that the peer finds a NAT before us
     */
    static List<V1Payload> payloads(IsakmpSa sa, Hash hash, UdpAddress local, UdpAddress remote, boolean forged) {
        NatTraversal nat = sa.features().natTraversal();
        if (nat == NatTraversal.NONE) {
            return List.of();
        }
        RandomSource random = sa.host().random();
        boolean draft = nat == NatTraversal.DRAFT;
        Bytes own = forged || local.address().isAny() ? Bytes.of(random.bytes(hash.length())) : hash(sa, hash, local);
        return List.of(new NatDPayload(draft, hash(sa, hash, remote)), new NatDPayload(draft, own));
    }

    /** What the payloads of a received message say; no NAT without any, or if no NAT traversal was agreed on. */
    static NatDiscovery of(IsakmpSa sa, V1Message message, Hash hash, UdpAddress local, UdpAddress remote) {
        List<Bytes> hashes =
                message.all(NatDPayload.class).stream().map(NatDPayload::hash).toList();
        if (sa.features().natTraversal() == NatTraversal.NONE || hashes.size() < 2) {
            return NO_NAT;
        }
        boolean localSeen = local.address().isAny() || hashes.getFirst().equals(hash(sa, hash, local));
        boolean remoteSeen = hashes.subList(1, hashes.size()).contains(hash(sa, hash, remote));
        return new NatDiscovery(!localSeen, !remoteSeen);
    }

    /**
     * The initiator's way to the peer: both ports change when a NAT is found, or made believe (RFC 3947 §4).
     *
     * @param forced whether ESP is to go in UDP without a NAT, too
     */
    PeerPath floated(IsakmpSa sa, PeerPath path, boolean forced) {
        boolean wanted = localBehindNat || remoteBehindNat || forced;
        boolean floats = wanted
                && sa.features().natTraversal() != NatTraversal.NONE
                && path.remote().port() == EndpointConfig.STANDARD_IKE_PORT
                && path.local().port() == sa.host().config().ikePort();
        PeerPath found = path.withNat(localBehindNat, remoteBehindNat);
        return floats
                ? found.between(
                        path.local().withPort(sa.host().config().natPort()),
                        path.remote().withPort(NAT_PORT))
                : found;
    }

    private static Bytes hash(IsakmpSa sa, Hash hash, UdpAddress address) {
        byte[] ip = address.address().toBytes();
        return Bytes.of(hash.digest(ByteBuffer.allocate(2 * Long.BYTES + ip.length + Short.BYTES)
                .putLong(sa.initiatorCookie())
                .putLong(sa.responderCookie())
                .put(ip)
                .putShort((short) address.port())
                .array()));
    }
}
