package dev.culvert.ipsec.mtu;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.PacketBuffer;

/**
 * Cuts an inner IPv4 packet into fragments (RFC 791 §3.2) before it is encapsulated. So the peer's gateway has nothing to
 * reassemble, and NATs and firewalls that drop outer fragments do no harm.
 */
public final class Ipv4Fragmenter {
    private static final int COPIED = 0x80;
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;

    private Ipv4Fragmenter() {}

    /** Into how many fragments a packet falls; 0 if the MTU has no room for 8 bytes behind the header. */
    public static int count(byte[] a, int offset, int mtu) {
        int header = Ipv4Header.headerLength(a, offset);
        int perFragment = payloadPerFragment(header, mtu);
        int payload = Ipv4Header.totalLength(a, offset) - header;
        return perFragment <= 0 ? 0 : (payload + perFragment - 1) / perFragment;
    }

    /**
     * Writes one fragment. Only the first has all options, the others those that are to be copied (§3.1).
     *
     * @param index 0 to {@link #count} − 1
     * @param out takes the fragment at its offset; its length is set
     */
    public static void write(byte[] a, int offset, int mtu, int index, PacketBuffer out) {
        int header = Ipv4Header.headerLength(a, offset);
        int perFragment = payloadPerFragment(header, mtu);
        int from = index * perFragment;
        int payload = Ipv4Header.totalLength(a, offset) - header;
        int length = Math.min(perFragment, payload - from);
        int outHeader = index == 0 ? header : Ipv4Header.MINIMUM_LENGTH + copiedOptions(a, offset, header, out);
        System.arraycopy(a, offset, out.array, out.offset, index == 0 ? header : Ipv4Header.MINIMUM_LENGTH);
        System.arraycopy(a, offset + header + from, out.array, out.offset + outHeader, length);
        out.length = outHeader + length;
        out.array[out.offset] = (byte) (0x40 | outHeader / 4);
        Ipv4Header.totalLength(out.array, out.offset, out.length);
        int before = Ipv4Header.flagsAndFragmentOffset(a, offset);
        int more = from + length < payload ? Ipv4Header.MF : before & Ipv4Header.MF;
        int position = (before & Ipv4Header.FRAGMENT_OFFSET_MASK) + from / 8;
        Ipv4Header.flagsAndFragmentOffset(out.array, out.offset, more | position);
        Ipv4Header.fillChecksum(out.array, out.offset);
    }

    private static int payloadPerFragment(int header, int mtu) {
        return (mtu - header) & ~7;
    }

    /** Writes the options that later fragments carry and returns their bytes, padded to a multiple of 4. */
    private static int copiedOptions(byte[] a, int offset, int header, PacketBuffer out) {
        int to = out.offset + Ipv4Header.MINIMUM_LENGTH;
        int start = to;
        int at = offset + Ipv4Header.MINIMUM_LENGTH;
        int end = offset + header;
        while (at < end) {
            int type = BigEndian.u8(a, at);
            if (type == END_OF_OPTIONS) {
                break;
            }
            if (type == NO_OPERATION) {
                at++;
                continue;
            }
            int length = at + 1 < end ? BigEndian.u8(a, at + 1) : 0;
            if (length < 2 || length > end - at) {
                break;
            }
            if ((type & COPIED) != 0) {
                System.arraycopy(a, at, out.array, to, length);
                to += length;
            }
            at += length;
        }
        while ((to - start) % 4 != 0) {
            out.array[to++] = END_OF_OPTIONS;
        }
        return to - start;
    }
}
