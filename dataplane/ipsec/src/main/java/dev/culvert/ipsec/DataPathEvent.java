package dev.culvert.ipsec;

import dev.culvert.ipsec.sad.Limit;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.TrafficSelector;
import dev.culvert.wire.UdpAddress;
import org.jspecify.annotations.Nullable;

/** What the data path tells the negotiator. Events are rare or rate-limited, never one per packet. */
public sealed interface DataPathEvent {

    /**
     * A packet met a policy that protects it and no SA carries it (RFC 4301 §4.4.1). At most one a second and policy.
     *
     * @param local the packet's source as a selector, with protocol and port
     * @param remote the packet's destination as a selector
     */
    record Acquire(String tunnel, String child, TrafficSelector local, TrafficSelector remote)
            implements DataPathEvent {}

    /**
     * A limit of a pair of SAs was reached; once for each direction, limit and kind.
     *
     * @param hard whether that direction carries nothing any more; otherwise it is time for a new SA
     */
    record Expire(String tunnel, String child, int spiIn, Limit limit, boolean hard) implements DataPathEvent {}

    /**
     * The newest authenticated packet of an SA came from another outer address than the SA's (RFC 7296 §2.23). The SA is
     * unchanged until {@link DataPath#update} says so. At most one a second and SA.
     *
     * @param expected the SA's peer address
     * @param seenLocal where the packet came to
     * @param seen where the packet came from
     * @param carrier what it came in, which is the SA's
     */
    record PeerMoved(
            String tunnel,
            String child,
            int spiIn,
            UdpAddress expected,
            UdpAddress seenLocal,
            UdpAddress seen,
            Carrier carrier)
            implements DataPathEvent {}

    /**
     * An auditable event of RFC 4301 and 4303: a drop that may mean an attack or a misconfiguration. A few per second;
     * the counters have all of them.
     *
     * @param spi of the packet; 0 for an outbound packet that found no SA
     * @param sequence low 32 bits of the sequence number; 0 if there is none
     * @param outerRemote where it came from, if it came from outside
     * @param inStream whether it came in a TCP stream
     * @param tunnel null if no SA or policy was found
     * @param child null if no SA or policy was found
     * @param local the inner packet's end on our side, if it was readable and authenticated
     * @param remote the inner packet's end on the peer's side, if it was readable and authenticated
     */
    record Audit(
            DropReason reason,
            int spi,
            int sequence,
            @Nullable UdpAddress outerRemote,
            boolean inStream,
            @Nullable String tunnel,
            @Nullable String child,
            @Nullable TrafficSelector local,
            @Nullable TrafficSelector remote)
            implements DataPathEvent {}
}
