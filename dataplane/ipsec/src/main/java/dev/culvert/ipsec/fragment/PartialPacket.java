package dev.culvert.ipsec.fragment;

import dev.culvert.wire.PacketBuffer;
import java.util.Arrays;

/** The fragments of one packet that have come so far, in a reused object. */
final class PartialPacket {
    private static final int UNIT = 8;
    private static final int LONGEST_HEADER = 256;

    private final byte[] header = new byte[LONGEST_HEADER];
    private final byte[] payload;
    private final long[] present;

    private int version;
    private long source1;
    private long source2;
    private long destination1;
    private long destination2;
    private int id;
    private long sinceNanos;

    private int headerLength;

    /** Bytes of the payload, once the last fragment has come; -1 before. */
    private int total;

    /** Highest end of a fragment. */
    private int end;

    private int unitsPresent;

    /** Bytes of the longest fragment, its header included. */
    private int longestFragment;

    PartialPacket(int longest) {
        int units = (longest + UNIT - 1) / UNIT;
        payload = new byte[units * UNIT];
        present = new long[(units + 63) / 64];
    }

    boolean isInUse() {
        return version != 0;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    boolean is(
            int wantedVersion,
            long wantedSource1,
            long wantedSource2,
            long wantedDestination1,
            long wantedDestination2,
            int wantedId) {
        return version == wantedVersion
                && id == wantedId
                && source1 == wantedSource1
                && source2 == wantedSource2
                && destination1 == wantedDestination1
                && destination2 == wantedDestination2;
    }

    void begin(
            int newVersion,
            long newSource1,
            long newSource2,
            long newDestination1,
            long newDestination2,
            int newId,
            long nowNanos) {
        version = newVersion;
        source1 = newSource1;
        source2 = newSource2;
        destination1 = newDestination1;
        destination2 = newDestination2;
        id = newId;
        sinceNanos = nowNanos;
        headerLength = 0;
        total = -1;
        end = 0;
        unitsPresent = 0;
        longestFragment = 0;
        Arrays.fill(present, 0);
    }

    void forget() {
        version = 0;
    }

    int id() {
        return id;
    }

    int longestFragment() {
        return longestFragment;
    }

    /**
     * Adds a fragment.
     *
     * @param from offset of its payload in the packet's payload
     * @param more whether others are behind it
     * @return false, and the packet is forgotten, if it cannot be right
     */
    boolean add(byte[] a, int headerAt, int newHeaderLength, int payloadAt, int length, int from, boolean more) {
        boolean right = length > 0
                && from + length <= payload.length
                && newHeaderLength <= LONGEST_HEADER
                && (!more || length % UNIT == 0)
                && (more ? total < 0 || from + length <= total : total < 0 && from + length >= end)
                && mark(from / UNIT, (length + UNIT - 1) / UNIT);
        if (!right) {
            forget();
            return false;
        }
        System.arraycopy(a, payloadAt, payload, from, length);
        end = Math.max(end, from + length);
        longestFragment = Math.max(longestFragment, payloadAt - headerAt + length);
        if (!more) {
            total = from + length;
        }
        if (from == 0) {
            headerLength = newHeaderLength;
            System.arraycopy(a, headerAt, header, 0, newHeaderLength);
        }
        return true;
    }

    boolean isWhole() {
        return total >= 0 && unitsPresent == (total + UNIT - 1) / UNIT;
    }

    /**
     * Writes header and payload into a buffer and forgets the packet.
     *
     * @return false if it is too long for the buffer
     */
    boolean takeOut(PacketBuffer out) {
        forget();
        if (headerLength + total > out.maximumLength()) {
            return false;
        }
        out.offset = PacketBuffer.HEADROOM;
        out.length = headerLength + total;
        System.arraycopy(header, 0, out.array, out.offset, headerLength);
        System.arraycopy(payload, 0, out.array, out.offset + headerLength, total);
        return true;
    }

    /** Marks units as present; false if one was already. */
    private boolean mark(int first, int count) {
        for (int unit = first; unit < first + count; unit++) {
            long bit = 1L << unit;
            if ((present[unit >>> 6] & bit) != 0) {
                return false;
            }
            present[unit >>> 6] |= bit;
        }
        unitsPresent += count;
        return true;
    }
}
