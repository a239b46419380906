package dev.culvert.ike.v2.exchange;

import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.TrafficSelector;
import java.util.List;
import java.util.Optional;

/**
 * Transport mode through a NAT (RFC 7296 §2.23.1). The traffic selectors are the two ends themselves, and each end sees
 * the one behind the NAT under another address: what comes in is read with the addresses of the IKE SA, and what is
 * answered has the sender's own again. strongSwan answers with its own view; read in the same way, that is as good.
 *
 * @param ours our address, if a NAT changes it
 * @param theirs the peer's address as we see it, if a NAT changes it
 */
record TransportNat(Optional<IpAddress> ours, Optional<IpAddress> theirs) {
    private static final TransportNat NONE = new TransportNat(Optional.empty(), Optional.empty());

    /** @param transport whether the child SA is in transport mode; otherwise its selectors are what they say */
    static TransportNat of(IkeSa sa, boolean transport) {
        PeerPath path = sa.path();
        return transport
                ? new TransportNat(
                        Optional.of(path.local().address()).filter(a -> path.localBehindNat()),
                        Optional.of(path.remote().address()).filter(a -> path.remoteBehindNat()))
                : NONE;
    }

    /** Selectors of our side as we see them. */
    List<TrafficSelector> local(List<TrafficSelector> received) {
        return substitute(received, ours);
    }

    /** Selectors of the peer's side as we see them. */
    List<TrafficSelector> remote(List<TrafficSelector> received) {
        return substitute(received, theirs);
    }

    /** Selectors of our side for the answer to what was received. */
    List<TrafficSelector> localAnswer(List<TrafficSelector> narrowed, List<TrafficSelector> received) {
        return substitute(narrowed, ours.map(a -> received.getFirst().start()));
    }

    /** Selectors of the peer's side for the answer to what was received. */
    List<TrafficSelector> remoteAnswer(List<TrafficSelector> narrowed, List<TrafficSelector> received) {
        return substitute(narrowed, theirs.map(a -> received.getFirst().start()));
    }

    private static List<TrafficSelector> substitute(List<TrafficSelector> selectors, Optional<IpAddress> address) {
        return address.map(a -> selectors.stream()
                        .map(s -> isHost(s) ? new TrafficSelector(s.protocol(), s.startPort(), s.endPort(), a, a) : s)
                        .distinct()
                        .toList())
                .orElse(selectors);
    }

    private static boolean isHost(TrafficSelector selector) {
        return selector.start().equals(selector.end());
    }
}
