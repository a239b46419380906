package dev.culvert.ike.v2.exchange;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.ike.endpoint.ChildConfig;
import dev.culvert.ike.endpoint.Encapsulation;
import dev.culvert.ike.endpoint.FailureKind;
import dev.culvert.ike.endpoint.IpsecMode;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.IkeSa;
import dev.culvert.ike.sa.PeerPath;
import java.util.Optional;

/** Children that a NAT between the peers, or TCP, rules out. */
final class NatRefusal {
    private NatRefusal() {}

    /** Why the NAT that was found rules the child out, if it does. */
    static Optional<Failure> of(IkeSa sa, ChildConfig child) {
        PeerPath path = sa.path();
        if (path.isStream() && (child.protocol() == SecurityProtocol.AH || child.mode() == IpsecMode.TRANSPORT)) {
            String what = child.protocol() == SecurityProtocol.AH
                    ? "AH, which does not go in TCP (RFC 9329 §1); use ESP"
                    : "transport mode, which is not supported in TCP; use mode Tunnel";
            return Optional.of(new Failure(
                    FailureKind.NO_PROPOSAL_CHOSEN, Optional.empty(), "child '" + child.name() + "' uses " + what));
        }
        if (!path.localBehindNat() && !path.remoteBehindNat()) {
            return Optional.empty();
        }
        Optional<String> why = child.protocol() == SecurityProtocol.AH
                ? Optional.of(ah(path))
                : child.mode() == IpsecMode.TRANSPORT ? transport(sa, path) : Optional.empty();
        return why.map(reason -> new Failure(
                FailureKind.NO_PROPOSAL_CHOSEN, Optional.empty(), "child '" + child.name() + "' " + reason));
    }

    /**
     * What a refusal by the peer most likely means for a child in transport mode from behind a NAT: only the peer sees
     * whether that translates ports too.
     */
    static Optional<Failure> suspected(IkeSa sa, ChildConfig child) {
        return child.mode() == IpsecMode.TRANSPORT && sa.path().localBehindNat()
                ? Optional.of(new Failure(
                        FailureKind.NO_PROPOSAL_CHOSEN,
                        Optional.empty(),
                        "the peer refused child '" + child.name()
                                + "' in transport mode, and this end is behind a NAT: one that other hosts share rules"
                                + " transport mode out, which needs an address of its own there; or use mode Tunnel"))
                : Optional.empty();
    }

    /** AH covers the addresses that a NAT changes, and does not go in UDP (RFC 3948 §1). */
    private static String ah(PeerPath path) {
        String who = path.localBehindNat() ? path.remoteBehindNat() ? "both ends are" : "this end is" : "the peer is";
        return "uses AH, which cannot pass a NAT, and " + who
                + " behind one; use ESP, with the proposal null-sha256 if nothing is to be encrypted";
    }

    /**
     * RFC 7296 §2.23.1 and RFC 3948 §5.2: hosts that share a NAT's address cannot be told apart in transport mode. That
     * ports are translated gives such a NAT away.
     */
    private static Optional<String> transport(IkeSa sa, PeerPath path) {
        if (sa.owner().config().encapsulation() == Encapsulation.NEVER) {
            return Optional.of("is in transport mode, which passes the NAT between the peers in UDP only, and"
                    + " encapsulation is Never");
        }
        int port = path.remote().port();
        boolean expected = port == SaInitInitiator.NAT_PORT
                || sa.owner().config().remoteAddresses().stream().anyMatch(a -> a.port() == port);
        return path.remoteBehindNat() && !expected
                ? Optional.of(
                        "is in transport mode, and the peer is behind a NAT that translates ports (it is seen at port "
                                + port
                                + "): other hosts can be behind the same address; use mode Tunnel, or a NAT of one address to one")
                : Optional.empty();
    }
}
