package dev.culvert.ipsec.fragment;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;

/**
 * Cuts an outer IPv6 packet that we made into fragments (RFC 8200 §4.5). Only the source may do that; inner packets of
 * other hosts are answered with "packet too big" instead.
 */
public final class Ipv6Fragmenter {
    /** Bytes of the fragment header. */
    public static final int HEADER_LENGTH = 8;

    static final int OFFSET_AND_MORE = 2;
    static final int IDENTIFICATION = 4;

    private Ipv6Fragmenter() {}

    /** Into how many fragments a packet falls; 0 if it cannot be cut. */
    public static int count(byte[] a, int offset, int total, int mtu) {
        long place = Ipv6Chain.insertion(a, offset, total);
        if (place == Ipv6Chain.NONE) {
            return 0;
        }
        int perFragment = payloadPerFragment(Ipv6Chain.offsetOf(place), mtu);
        int payload = total - Ipv6Chain.offsetOf(place);
        return perFragment <= 0 ? 0 : (payload + perFragment - 1) / perFragment;
    }

    /**
     * Writes one fragment.
     *
     * @param index 0 to {@link #count} − 1
     * @param out takes the fragment at its offset; its length is set
     */
    public static void write(
            byte[] a, int offset, int total, int mtu, int index, int identification, PacketBuffer out) {
        long place = Ipv6Chain.insertion(a, offset, total);
        int header = Ipv6Chain.offsetOf(place);
        int perFragment = payloadPerFragment(header, mtu);
        int from = index * perFragment;
        int length = Math.min(perFragment, total - header - from);
        System.arraycopy(a, offset, out.array, out.offset, header);
        BigEndian.putU8(out.array, out.offset + Ipv6Chain.nameOf(place), IpProtocol.FRAGMENT);
        int fragment = out.offset + header;
        BigEndian.putU8(out.array, fragment, Ipv6Chain.protocolOf(place));
        BigEndian.putU8(out.array, fragment + 1, 0);
        boolean more = from + length < total - header;
        BigEndian.putU16(out.array, fragment + OFFSET_AND_MORE, from | (more ? 1 : 0));
        BigEndian.putInt32(out.array, fragment + IDENTIFICATION, identification);
        System.arraycopy(a, offset + header + from, out.array, fragment + HEADER_LENGTH, length);
        out.length = header + HEADER_LENGTH + length;
        Ipv6Header.payloadLength(out.array, out.offset, out.length - Ipv6Header.LENGTH);
    }

    private static int payloadPerFragment(int header, int mtu) {
        return mtu - header - HEADER_LENGTH & ~7;
    }
}
