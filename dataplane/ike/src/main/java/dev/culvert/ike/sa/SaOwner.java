package dev.culvert.ike.sa;

import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;

/** The tunnel that an IKE SA belongs to, as its exchanges see it. */
public interface SaOwner {
    /** The configuration that holds now. */
    TunnelConfig config();

    /** Something speaks against the SA coming up, but nothing is lost yet. */
    void troubled(IkeSa sa, Failure failure, long nowNanos);

    /** A peer without an IKE SA was turned away; shown while the tunnel is down. */
    void rejected(Failure failure, long nowNanos);

    /** Whether any child is wanted now, be it on another IKE SA already. */
    boolean wantsChild();

    /** The child to negotiate in IKE_AUTH. */
    ChildRequest firstChild(IkeSa sa);

    /** Whether we have no other IKE SA with the peer, which INITIAL_CONTACT asserts (RFC 7296 §2.4). */
    boolean isOnlyContact(IkeSa sa);

    void established(IkeSa sa, long nowNanos);

    /** The peer asserts that all its SAs but this one are gone (RFC 7296 §2.4). */
    void initialContact(IkeSa sa, long nowNanos);

    /**
     * Whether outbound traffic may use a new pair at once: nothing else carries the child, or the peer is known to have the
     * pair and its IKE SA is not the redundant one of two.
     *
     * @param peerHasIt whether the peer is known to receive on it
     */
    boolean mayUse(IkeSa sa, String child, boolean peerHasIt);

    void childUp(IkeSa sa, ChildSa child, long nowNanos);

    /** A child could not be made or rekeyed. */
    void childFailed(IkeSa sa, String child, Failure failure, long nowNanos);

    /** The peer cannot make a child at the moment: it is asked for again in a while (RFC 7296 §2.25). */
    void childPostponed(String child, long nowNanos);

    /** The peer asked for a child and was refused; shown while the child is down. */
    void childRejected(IkeSa sa, String child, Failure failure);

    /** Whether a child is wanted and not there. */
    boolean isMissing(String child);

    /** An exchange for a child ended before it was sent or answered. */
    void childAbandoned(String child);

    /** The peer does not know a child any more: it is wanted anew. */
    void childLost(String child);

    void childDown(IkeSa sa, ChildSa child, RemovalReason reason, long nowNanos);

    /** {@code replacement} has the children of {@code old} now. */
    void rekeyed(IkeSa old, IkeSa replacement, long nowNanos);

    /** A rekeying is refused for good: the IKE SA has to be made anew. */
    void reauthenticate(IkeSa sa, long nowNanos);

    void closed(IkeSa sa, CloseCause cause, long nowNanos);

    /** Something that the status shows changed. */
    void changed();
}
