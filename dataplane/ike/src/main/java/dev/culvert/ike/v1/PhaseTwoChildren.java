package dev.culvert.ike.v1;

import dev.culvert.ike.endpoint.Output.RemovalReason;
import dev.culvert.ike.endpoint.TunnelConfig;
import dev.culvert.ike.endpoint.TunnelStatus.ChildStatus;
import dev.culvert.ike.endpoint.TunnelStatus.Failure;
import dev.culvert.ike.sa.ChildRequest;
import dev.culvert.wire.UdpAddress;
import java.util.List;
import java.util.Optional;

/**
 * The children of one tunnel and their pairs of SAs: which are wanted, which are there, and the quick modes that make the
 * difference. They call {@link V1Tunnel#changed} when something changed, and are asked to {@link #settle} after that.
 */
public interface PhaseTwoChildren {
    /** Whether a child is wanted now that is neither there nor to be waited for: an ISAKMP SA is begun for it. */
    boolean wantsSa(long nowNanos);

    /** Starts quick modes for what is wanted, missing and due. */
    void settle(Optional<IsakmpSa> usable, long nowNanos);

    /** When {@link #timeout} is due: lifetimes and retries. */
    long deadline();

    /** Does what is due; {@link #settle} follows. */
    void timeout(long nowNanos);

    /** Whether no pair is there. */
    boolean isEmpty();

    /** Whether a pair was made under that SA, or is being made. A peer that deletes it may delete them with it. */
    boolean uses(IsakmpSa sa);

    /** An ISAKMP SA came up: what was refused on an earlier one may be asked for again. */
    void established(IsakmpSa sa, long nowNanos);

    /** An ISAKMP SA could not be made, by the last of the peer's addresses: what was asked for once is given up. */
    void giveUp();

    // ---- commands ----

    /**
     * The configuration changed, {@link V1Tunnel#config} has the new one.
     *
     * @param sameSa whether the ISAKMP SA stays
     * @return the children that are up and are made anew
     */
    List<String> update(TunnelConfig old, boolean sameSa, Optional<IsakmpSa> usable, long nowNanos);

    void initiate(Optional<String> child);

    /** Deletes pairs, with a Delete to the peer if there is an SA for it. */
    void terminate(Optional<String> child, Optional<IsakmpSa> usable, long nowNanos);

    /** A packet met a child's policy and no SA. */
    void acquire(ChildRequest request);

    /** @return whether there is one to be rekeyed */
    boolean rekey(Optional<String> child);

    /** @return whether the SPI is that of a pair here */
    boolean expire(int spiIn, boolean hard, Optional<IsakmpSa> usable, long nowNanos);

    /** Whether that is our SPI of a pair here. */
    boolean has(int spiIn);

    // ---- events ----

    /**
     * Pairs go without a word to the peer, who is dead or has just begun anew.
     *
     * @param madeUntil those that were made at that time or before
     */
    void removeAll(RemovalReason reason, long madeUntil, long nowNanos);

    /** The peer is at another address now, or we are. */
    void moved(UdpAddress local, UdpAddress remote);

    // ---- telling ----

    /** One for each configured child, in configured order. */
    List<ChildStatus> statuses();

    /** What keeps a child from being up. */
    default Optional<Failure> failure() {
        return statuses().stream().flatMap(child -> child.failure().stream()).findFirst();
    }
}
