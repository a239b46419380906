package dev.culvert.ike.v1.quick;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.PeerPath;
import dev.culvert.ike.v1.IsakmpSa;
import java.util.Optional;

/** Children that a NAT between the peers rules out (RFC 3947, RFC 3948 §5.2). */
final class NatLimits {
    private NatLimits() {}

    /** Why the NAT that was found rules the child out, if it does. */
    static Optional<Failure> of(IsakmpSa sa, ChildConfig child) {
        PeerPath path = sa.path();
        if (!path.localBehindNat() && !path.remoteBehindNat()) {
            return Optional.empty();
        }
        if (child.protocol() == SecurityProtocol.AH) {
            return ruledOut(
                    child,
                    "uses AH, which cannot pass the NAT between the peers; use ESP, with the proposal null-sha256 if"
                            + " nothing is to be encrypted");
        }
        if (child.mode() == IpsecMode.TRANSPORT && sa.tunnel().config().encapsulation() == Encapsulation.NEVER) {
            return ruledOut(
                    child,
                    "is in transport mode, which passes the NAT between the peers in UDP only, and encapsulation is Never");
        }
        return Optional.empty();
    }

    private static Optional<Failure> ruledOut(ChildConfig child, String why) {
        return Optional.of(
                new Failure(FailureKind.NO_PROPOSAL_CHOSEN, Optional.empty(), "child '" + child.name() + "' " + why));
    }
}
