package dev.culvert.ipsec.sad;

import org.jspecify.annotations.Nullable;

/**
 * Holds one direction of an SA against its limits in bytes, packets and sequence numbers. Owned by the direction's worker;
 * only {@link #expired} is for all threads.
 *
 * <p>Per packet three comparisons against the nearest limits ({@code attend…}); what happens when one is passed is in
 * {@link #attend}. Limits that were changed ({@link ChildSa#limit}) are taken up with the next packet.
 */
final class LifetimeMeter {
    /** Fifteen sixteenths of a 32-bit space: 268 million packets are left for the rekeying. */
    static final long SOFT_SEQUENCE = 0xf000_0000L;

    static final long LAST_SEQUENCE = 0xffff_ffffL;

    private static final int KINDS = 3;

    private final boolean counting;
    private final long[] soft = new long[KINDS];
    private final long[] hard = new long[KINDS];
    private final boolean[] softTold = new boolean[KINDS];
    private final long[] attendAbove = new long[KINDS];

    private volatile @Nullable Limit expired;
    private boolean hardTold;
    private Lifetime lifetime;

    private LifetimeMeter(Lifetime lifetime, boolean counting) {
        this.counting = counting;
        this.lifetime = lifetime;
        takeUp(lifetime);
    }

    /** For the sender, who must not let the sequence number wrap. */
    static LifetimeMeter outbound(Lifetime lifetime, boolean esn) {
        return new LifetimeMeter(lifetime, !esn);
    }

    /** For the receiver: the sequence number is the sender's business. */
    static LifetimeMeter inbound(Lifetime lifetime) {
        return new LifetimeMeter(lifetime, false);
    }

    private void takeUp(Lifetime changed) {
        lifetime = changed;
        set(0, changed.softBytes(), changed.hardBytes());
        set(1, changed.softPackets(), changed.hardPackets());
        // Extended numbers end at 2^64 (RFC 4303 §3.3.3): not within the life of any hardware.
        set(2, counting ? SOFT_SEQUENCE : Lifetime.NEVER, counting ? LAST_SEQUENCE : Lifetime.NEVER);
        nearestLimits();
    }

    private void set(int kind, long newSoft, long newHard) {
        if (soft[kind] != newSoft || hard[kind] != newHard) {
            soft[kind] = newSoft;
            hard[kind] = newHard;
            softTold[kind] = false;
        }
    }

    /** What ended this direction, or null while it carries traffic. Any thread. */
    @Nullable
    Limit expired() {
        return expired;
    }

    /** Ends this direction because its time is over. Any thread. */
    void expireBySeconds() {
        if (expired == null) {
            expired = Limit.SECONDS;
        }
    }

    /**
     * Whether the next packet may go; tells of limits that it passes.
     *
     * @param bytes with this packet
     * @param packets with this packet
     * @param sequence of this packet
     */
    @SuppressWarnings("ReferenceEquality") // A changed one is another object, and this is the packet path.
    boolean admits(long bytes, long packets, long sequence, ChildSa sa, ExpiryListener listener) {
        Lifetime now = sa.lifetime();
        if (now != lifetime) {
            takeUp(now);
        }
        if (bytes > attendAbove[0] || packets > attendAbove[1] || sequence > attendAbove[2]) {
            attend(Limit.BYTES, 0, bytes, sa, listener);
            attend(Limit.PACKETS, 1, packets, sa, listener);
            attend(Limit.SEQUENCE, 2, sequence, sa, listener);
            nearestLimits();
        }
        return expired == null;
    }

    private void attend(Limit limit, int kind, long used, ChildSa sa, ExpiryListener listener) {
        if (used > hard[kind]) {
            if (expired == null) {
                expired = limit;
            }
            if (!hardTold) {
                hardTold = true;
                listener.reached(sa, limit, true);
            }
        } else if (used > soft[kind] && !softTold[kind]) {
            softTold[kind] = true;
            listener.reached(sa, limit, false);
        }
    }

    private void nearestLimits() {
        for (int kind = 0; kind < KINDS; kind++) {
            attendAbove[kind] = softTold[kind] ? hard[kind] : Math.min(soft[kind], hard[kind]);
        }
    }
}
