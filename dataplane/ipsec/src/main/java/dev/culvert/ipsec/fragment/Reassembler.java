package dev.culvert.ipsec.fragment;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;

/**
 * Puts IP fragments together (RFC 791 §3.2, RFC 8200 §4.5), since transport mode protects whole packets only (RFC 4303
 * §3.3.4) and selectors with ports want to see them. Owned by one worker.
 *
 * <p>Bounded: a fixed number of packets at a time, the oldest giving way, each for a limited time. Fragments that overlap
 * end their packet (RFC 5722 §4), for IPv4 too.
 */
public final class Reassembler {
    /** What became of a fragment. */
    public enum Verdict {
        /** Kept until the others come. */
        KEPT,
        /** The buffer has the whole packet now. */
        WHOLE,
        /** Malformed, overlapping, or of a packet that is too long. */
        REFUSED
    }

    /** RFC 8200 §4.5 has 60 s, RFC 791 §3.2 suggests 15 s; these fragments come from the host itself. */
    private static final long LONGEST_WAIT_NANOS = 15_000_000_000L;

    private final PartialPacket[] slots;
    private final Runnable onAbandoned;
    private int longestFragment;
    private int identification;

    /**
     * @param packets how many may be incomplete at a time
     * @param longest bytes of the longest payload
     * @param onAbandoned run for each packet that is given up: not whole in time, or pushed out by newer ones
     */
    public Reassembler(int packets, int longest, Runnable onAbandoned) {
        this.onAbandoned = onAbandoned;
        slots = new PartialPacket[packets];
        for (int i = 0; i < packets; i++) {
            slots[i] = new PartialPacket(longest);
        }
    }

    /**
     * Takes a fragment.
     *
     * @param packet a whole and valid IP packet that is a fragment; after {@link Verdict#WHOLE} it holds the packet that
     *     the fragments made, without their headers
     */
    public Verdict add(PacketBuffer packet, long nowNanos) {
        return Ipv4Header.version(packet.array, packet.offset) == 4 ? addV4(packet, nowNanos) : addV6(packet, nowNanos);
    }

    private Verdict addV4(PacketBuffer packet, long nowNanos) {
        byte[] a = packet.array;
        int at = packet.offset;
        int header = Ipv4Header.headerLength(a, at);
        int flags = Ipv4Header.flagsAndFragmentOffset(a, at);
        PartialPacket slot = slot(
                4,
                Ipv4Header.source(a, at),
                0,
                Ipv4Header.destination(a, at),
                0,
                Ipv4Header.identification(a, at) << 8 | Ipv4Header.protocol(a, at),
                nowNanos);
        int payload = packet.length - header;
        int from = (flags & Ipv4Header.FRAGMENT_OFFSET_MASK) * 8;
        if (!slot.add(a, at, header, at + header, payload, from, (flags & Ipv4Header.MF) != 0)) {
            return Verdict.REFUSED;
        }
        if (!slot.isWhole()) {
            return Verdict.KEPT;
        }
        if (!slot.takeOut(packet)) {
            return Verdict.REFUSED;
        }
        Ipv4Header.flagsAndFragmentOffset(a, packet.offset, 0);
        Ipv4Header.totalLength(a, packet.offset, packet.length);
        Ipv4Header.fillChecksum(a, packet.offset);
        return Verdict.WHOLE;
    }

    private Verdict addV6(PacketBuffer packet, long nowNanos) {
        byte[] a = packet.array;
        int at = packet.offset;
        long place = Ipv6Chain.fragment(a, at, packet.length);
        if (place == Ipv6Chain.NONE) {
            return Verdict.REFUSED;
        }
        int fragment = at + Ipv6Chain.offsetOf(place);
        PartialPacket slot = slot(
                6,
                Ipv6Header.sourceHigh(a, at),
                Ipv6Header.sourceLow(a, at),
                Ipv6Header.destinationHigh(a, at),
                Ipv6Header.destinationLow(a, at),
                BigEndian.int32(a, fragment + Ipv6Fragmenter.IDENTIFICATION),
                nowNanos);
        int offsetAndMore = BigEndian.u16(a, fragment + Ipv6Fragmenter.OFFSET_AND_MORE);
        if ((offsetAndMore & ~7) == 0) {
            // The first one: its unfragmentable part is the packet's, which names what the fragment header named.
            BigEndian.putU8(a, at + Ipv6Chain.nameOf(place), BigEndian.u8(a, fragment));
        }
        int unfragmentable = Ipv6Chain.offsetOf(place);
        int payloadAt = fragment + Ipv6Fragmenter.HEADER_LENGTH;
        int payload = packet.end() - payloadAt;
        boolean more = (offsetAndMore & 1) != 0;
        if (!slot.add(a, at, unfragmentable, payloadAt, payload, offsetAndMore & ~7, more)) {
            return Verdict.REFUSED;
        }
        if (!slot.isWhole()) {
            return Verdict.KEPT;
        }
        if (!slot.takeOut(packet)) {
            return Verdict.REFUSED;
        }
        Ipv6Header.payloadLength(a, packet.offset, packet.length - Ipv6Header.LENGTH);
        longestFragment = slot.longestFragment();
        identification = slot.id();
        return Verdict.WHOLE;
    }

    /** Bytes of the longest fragment of the IPv6 packet that became whole last. */
    public int longestFragment() {
        return longestFragment;
    }

    /** What the fragments of that packet were known by. */
    public int identification() {
        return identification;
    }

    /** The packet's slot, or a new one: a free one, one that waited too long, or else the oldest. */
    private PartialPacket slot(
            int version, long source1, long source2, long destination1, long destination2, int id, long nowNanos) {
        PartialPacket oldest = slots[0];
        for (PartialPacket slot : slots) {
            if (slot.isInUse() && nowNanos - slot.sinceNanos() > LONGEST_WAIT_NANOS) {
                slot.forget();
                onAbandoned.run();
            }
            if (slot.is(version, source1, source2, destination1, destination2, id)) {
                return slot;
            }
            if (oldest.isInUse() && (!slot.isInUse() || slot.sinceNanos() - oldest.sinceNanos() < 0)) {
                oldest = slot;
            }
        }
        if (oldest.isInUse()) {
            onAbandoned.run();
        }
        oldest.begin(version, source1, source2, destination1, destination2, id, nowNanos);
        return oldest;
    }
}
