package dev.culvert.ipsec.replay;

import java.util.Arrays;

/**
 * The anti-replay window of one inbound SA (RFC 4303 §3.4.3), with 32-bit or extended sequence numbers (§2.2.1,
 * appendix A). Owned by one worker.
 *
 * <p>{@link #check} never changes the window: the packet may be forged. {@link #advance} does, and is for packets whose
 * ICV was verified. In between stands {@link #sequence}, because with ESN the ICV covers the upper half, which is not
 * sent.
 *
 * <p>The window is a ring of 64-bit words over the sequence number space, with one word more than the window needs, as in
 * RFC 6479: moving it clears whole words and never shifts.
 *
 * <p>Left out: the search for the upper half after more than 2^32 packets were lost in a row (§A3), which a liveness check
 * ends first.
 *
 * <p>Sequence numbers are signed longs here. The upper half grows by at most one per authenticated packet, so that
 * 2^63 is out of reach.
 */
public final class ReplayWindow {
    /** {@link #sequence} when no sequence number with these lower bits can be meant. */
    public static final long NONE = -1;

    private static final long LOW = 0xffffffffL;

    private final int size;
    private final boolean esn;
    private final long[] ring;
    private long highest;

    /** What {@link #check} says. */
    public enum Verdict {
        NEW,
        /** Seen before, or 0, which no sender uses (RFC 4303 §2.2). */
        REPLAYED,
        /** Left of the window. */
        TOO_OLD
    }

    /**
     * @param size packets; 0 switches the check off, which is not possible with ESN
     * @param esn whether sequence numbers have 64 bits
     */
    public ReplayWindow(int size, boolean esn) {
        this(size, esn, 0);
    }

    /** As if {@code highest} and all before it had been received. */
    public ReplayWindow(int size, boolean esn, long highest) {
        if (size < 0 || (esn && size == 0)) {
            throw new IllegalArgumentException("a replay window of " + size + (esn ? " with ESN" : ""));
        }
        this.size = size;
        this.esn = esn;
        this.highest = highest;
        int words = (size + 63) / 64 + 1;
        ring = new long[Integer.highestOneBit(words * 2 - 1)];
        Arrays.fill(ring, -1);
        ring[word(highest)] = -1L >>> (63 - (highest & 63));
    }

    /** Packets; 0 when the check is off. */
    public int size() {
        return size;
    }

    /** The highest authenticated sequence number; 0 before the first. */
    public long highest() {
        return highest;
    }

    /**
     * The full sequence number of a packet, from its lower 32 bits: with ESN the one that is nearest to the window (RFC
     * 4303 §A2.2).
     *
     * @param low the field of the packet
     * @return {@link #NONE} if it would be before 0
     */
    public long sequence(int low) {
        long sequenceLow = low & LOW;
        if (!esn) {
            return sequenceLow;
        }
        long highestLow = highest & LOW;
        long upper = highest & ~LOW;
        if (highestLow >= size - 1) {
            // The window is within one subspace: what is left of it belongs to the next.
            return (sequenceLow >= highestLow - size + 1 ? upper : upper + (1L << 32)) | sequenceLow;
        }
        // The window reaches back into the subspace before.
        if (sequenceLow < highestLow - size + 1 + (1L << 32)) {
            return upper | sequenceLow;
        }
        return upper == 0 ? NONE : (upper - (1L << 32)) | sequenceLow;
    }

    /**
     * Whether a packet with this sequence number is to be looked at. Changes nothing.
     *
     * @param sequence from {@link #sequence}
     */
    public Verdict check(long sequence) {
        if (size == 0 || sequence > highest) {
            return Verdict.NEW;
        }
        if (sequence <= 0) {
            return sequence == 0 ? Verdict.REPLAYED : Verdict.TOO_OLD;
        }
        if (highest - sequence >= size) {
            return Verdict.TOO_OLD;
        }
        return (ring[word(sequence)] & 1L << sequence) != 0 ? Verdict.REPLAYED : Verdict.NEW;
    }

    /**
     * Records an authenticated packet, for which {@link #check} said {@link Verdict#NEW}.
     *
     * @return whether it is the newest so far
     */
    public boolean advance(long sequence) {
        boolean newest = sequence > highest;
        if (newest) {
            long words = Math.min((sequence >>> 6) - (highest >>> 6), ring.length);
            for (long i = 0; i < words; i++) {
                ring[word(sequence - (i << 6))] = 0;
            }
            highest = sequence;
        }
        ring[word(sequence)] |= 1L << sequence;
        return newest;
    }

    private int word(long sequence) {
        return (int) (sequence >>> 6) & (ring.length - 1);
    }
}
