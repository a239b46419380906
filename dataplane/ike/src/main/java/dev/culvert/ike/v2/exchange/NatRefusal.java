package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.Optional;

/** Children that a NAT between the peers rules out. */
final class NatRefusal {
    private NatRefusal() {}

    /** AH covers the addresses that a NAT changes, and does not go in UDP (RFC 3948 §1): why the child is refused. */
    static Optional<Failure> of(IkeSa sa, ChildConfig child) {
        PeerPath path = sa.path();
        if (child.protocol() != SecurityProtocol.AH || !(path.localBehindNat() || path.remoteBehindNat())) {
            return Optional.empty();
        }
        String who = path.localBehindNat() ? path.remoteBehindNat() ? "both ends are" : "this end is" : "the peer is";
        return Optional.of(new Failure(
                FailureKind.NO_PROPOSAL_CHOSEN,
                Optional.empty(),
                "child '" + child.name() + "' uses AH, which cannot pass a NAT, and " + who
                        + " behind one; use ESP, with the proposal null-sha256 if nothing is to be encrypted"));
    }
}
