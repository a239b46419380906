package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.endpoint.AuditEvent;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.message.Bytes;
import dev.culvert.ike.message.IkeMessage;
import dev.culvert.ike.message.NotifyPayload;
import dev.culvert.ike.message.NotifyType;
import dev.culvert.ike.message.Payload;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.UdpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * MOBIKE (RFC 4555): an IKE SA and its children move to other addresses of either side. What the payloads say; the
 * exchanges are {@link UpdateAddresses} of the initiator, which alone decides about addresses, {@link AnnounceAddresses} of
 * the responder and {@link RoutabilityCheck}. Who began the first IKE SA stays the initiator when it is rekeyed (§1.3).
 *
 * <p>Left out: NO_NATS_ALLOWED in what we send.
 */
public final class Mobike {
    /** More of a peer's addresses are not kept: each is tried when it does not answer. */
    private static final int MAX_ADDRESSES = 8;

    private static final int COOKIE2_LENGTH = 16;

    private Mobike() {}

    // ---- IKE_AUTH (§3.3) ----

    /** Our part of the agreement, and our other addresses (§3.4). */
    static List<Payload> introduction(IkeSa sa) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(NotifyPayload.of(NotifyType.MOBIKE_SUPPORTED));
        payloads.addAll(addresses(sa));
        return payloads;
    }

    /**
     * Takes in the peer's part.
     *
     * @param ours whether we support it for this tunnel
     */
    static void introduced(IkeSa sa, IkeMessage auth, boolean ours) {
        if (ours && auth.has(NotifyType.MOBIKE_SUPPORTED)) {
            sa.mobility().agree();
            takeAddresses(sa, auth);
        }
    }

    // ---- addresses (§3.6) ----

    /** The complete list of our addresses beside the one in use. */
    static List<Payload> addresses(IkeSa sa) {
        List<Payload> others = sa
                .context()
                .otherLocalAddresses(sa.path().local().address())
                .stream()
                .limit(MAX_ADDRESSES)
                .<Payload>map(Mobike::additional)
                .toList();
        return others.isEmpty() ? List.of(NotifyPayload.of(NotifyType.NO_ADDITIONAL_ADDRESSES)) : others;
    }

    private static NotifyPayload additional(IpAddress address) {
        return NotifyPayload.of(
                address.isV4() ? NotifyType.ADDITIONAL_IP4_ADDRESS : NotifyType.ADDITIONAL_IP6_ADDRESS,
                Bytes.of(address.toBytes()));
    }

    /** Whether the message tells the peer's other addresses; they replace what it told before. */
    private static boolean takeAddresses(IkeSa sa, IkeMessage message) {
        List<IpAddress> told = message.all(NotifyPayload.class).stream()
                .filter(n -> (n.is(NotifyType.ADDITIONAL_IP4_ADDRESS)
                                && n.data().length() == 4)
                        || (n.is(NotifyType.ADDITIONAL_IP6_ADDRESS) && n.data().length() == 16))
                .map(n -> IpAddress.of(n.data().toArray()))
                .filter(address -> !address.isAny())
                .limit(MAX_ADDRESSES)
                .toList();
        if (told.isEmpty() && !message.has(NotifyType.NO_ADDITIONAL_ADDRESSES)) {
            return false;
        }
        sa.mobility().peerAddresses(told);
        return true;
    }

    // ---- INFORMATIONAL ----

    /** Answers what an INFORMATIONAL request of the peer says of addresses; nothing if it says nothing. */
    static List<Payload> answer(IkeSa sa, IkeMessage request, long nowNanos) {
        if (!sa.mobility().agreed()) {
            return List.of();
        }
        List<Payload> payloads = new ArrayList<>();
        request.notify(NotifyType.COOKIE2).ifPresent(payloads::add);
        PeerPath seen = sa.lastHeard();
        if (refusesNat(request, seen)) {
            payloads.add(NotifyPayload.of(NotifyType.UNEXPECTED_NAT_DETECTED));
            return payloads;
        }
        boolean told = takeAddresses(sa, request);
        if (request.has(NotifyType.UPDATE_SA_ADDRESSES) && !sa.origin().initiator()) {
            if (!isAcceptable(sa, seen.local().address())) {
                payloads.add(NotifyPayload.of(NotifyType.UNACCEPTABLE_ADDRESSES));
                return payloads;
            }
            moveAsAsked(sa, request, seen, nowNanos);
        } else if (told
                && sa.origin().initiator()
                && !seen.remote().equals(sa.path().remote())) {
            // The responder has another address: we are the one to move there (§3.6).
            peerMoved(sa, seen.remote());
            sa.path(sa.path().between(seen.local(), seen.remote()));
            sa.enqueueFirst(new UpdateAddresses());
        }
        if (request.has(NotifyType.NAT_DETECTION_SOURCE_IP)) {
            payloads.addAll(natDetection(sa, seen));
        }
        return payloads;
    }

    /** The responder's part of §3.5. */
    private static void moveAsAsked(IkeSa sa, IkeMessage request, PeerPath seen, long nowNanos) {
        NatDetection nat = NatDetection.of(request, seen.local(), seen.remote());
        PeerPath path = sa.path().between(seen.local(), seen.remote()).by(seen.carrier());
        PeerPath moved = nat.supported() ? path.withNat(nat.localBehindNat(), nat.remoteBehindNat()) : path;
        peerMoved(sa, seen.remote());
        boolean sameHost = seen.remote().address().equals(sa.path().remote().address());
        if (sameHost) {
            sa.move(moved);
        } else {
            // Our packets must not go where nobody asked for them: first the peer has to answer from there.
            sa.path(moved);
            sa.repeatRequest(nowNanos);
            sa.enqueueFirst(new RoutabilityCheck());
        }
    }

    private static void peerMoved(IkeSa sa, UdpAddress remote) {
        UdpAddress before = sa.path().remote();
        if (!before.equals(remote)) {
            sa.audit(
                    AuditEvent.PEER_MOVED,
                    Map.of("from", before.toString(), "to", remote.toString()),
                    "the peer moves from " + before + " to " + remote);
        }
    }

    /** A tunnel with a local address of its own stays there. */
    private static boolean isAcceptable(IkeSa sa, IpAddress local) {
        return sa.owner()
                .config()
                .localAddress()
                .filter(configured -> !configured.equals(local))
                .isEmpty();
    }

    // ---- NAT ----

    /** Our two NAT detection notifies for a path. */
    static List<Payload> natDetection(IkeSa sa, PeerPath path) {
        boolean forged = sa.owner().config().encapsulation() == Encapsulation.ALWAYS;
        return NatDetection.notifies(
                sa.initiatorSpi(),
                sa.responderSpi(),
                path.local(),
                path.remote(),
                forged,
                sa.context().random());
    }

    /** Whether the peer allows no NAT between the addresses that it names, and there is one (§3.9). */
    public static boolean refusesNat(IkeMessage request, PeerPath seen) {
        Bytes expected = addresses(seen.remote(), seen.local());
        return request.notify(NotifyType.NO_NATS_ALLOWED)
                .filter(n -> !n.data().equals(expected))
                .isPresent();
    }

    /** Source address, destination address, source port, destination port, as in the data of NO_NATS_ALLOWED. */
    static Bytes addresses(UdpAddress source, UdpAddress destination) {
        byte[] from = source.address().toBytes();
        byte[] to = destination.address().toBytes();
        return Bytes.of(ByteBuffer.allocate(from.length + to.length + 2 * Short.BYTES)
                .put(from)
                .put(to)
                .putShort((short) source.port())
                .putShort((short) destination.port())
                .array());
    }

    /** Notes as whom the peer sees us; whether that is another than it was (§3.8). */
    static boolean isSeenElsewhere(IkeSa sa, IkeMessage response) {
        Optional<Bytes> seenAs =
                response.notify(NotifyType.NAT_DETECTION_DESTINATION_IP).map(NotifyPayload::data);
        Optional<Bytes> before = sa.mobility().seenAs();
        seenAs.ifPresent(sa.mobility()::seenAs);
        return seenAs.isPresent() && before.isPresent() && !seenAs.equals(before);
    }

    // ---- return routability (§3.7) ----

    static NotifyPayload cookie(IkeSa sa) {
        return NotifyPayload.of(
                NotifyType.COOKIE2, Bytes.of(sa.context().random().bytes(COOKIE2_LENGTH)));
    }

    static boolean returns(NotifyPayload cookie, IkeMessage response) {
        return response.notify(NotifyType.COOKIE2)
                .filter(n -> n.data().equals(cookie.data()))
                .isPresent();
    }

    // ---- a changed address of ours ----

    /**
     * Our packets to the peer leave from another address now: the SA goes there. The old address may be gone, so the ESP
     * packets do not wait for the peer's consent, and a request that is out is repeated from the new one.
     */
    static void movedTo(IkeSa sa, IpAddress local, long nowNanos) {
        PeerPath path = sa.path();
        sa.audit(
                AuditEvent.ADDRESS_CHANGED,
                Map.of("from", path.local().address().toString(), "to", local.toString()),
                "our address to " + path.remote() + " changed from "
                        + path.local().address() + " to " + local);
        sa.move(path.between(new UdpAddress(local, path.local().port()), path.remote()));
        sa.repeatRequest(nowNanos);
        sa.enqueueFirst(sa.origin().initiator() ? new UpdateAddresses() : new AnnounceAddresses());
    }
}
