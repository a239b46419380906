package dev.culvert.ipsec.mtu;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;

/**
 * The answer to an inner packet that does not fit: ICMP "fragmentation needed" (RFC 1191 §4) or ICMPv6 "packet too big"
 * (RFC 4443 §3.2).
 *
 * <p>It comes from the packet's destination: that address is routed through the TUN device, so that the host's
 * reverse-path filter lets it pass, which an address of the gateway itself would not.
 */
public final class TooBigAnswer {
    /** RFC 1812 §4.3.2.3: as much of the packet as fits without exceeding 576 bytes. */
    private static final int V4_LONGEST = 576;

    /** RFC 4443 §3.2: the minimum IPv6 MTU. */
    private static final int V6_LONGEST = 1280;

    private static final int MTU_LIMIT_V4 = 0xffff;

    private TooBigAnswer() {}

    /**
     * Writes the answer to a whole and valid packet.
     *
     * @param mtu the longest packet that fits
     * @param out takes the answer at its offset; its length is set
     * @return false, and nothing written, if no ICMP error may be sent about this packet (RFC 1122 §3.2.2, RFC 4443
     *     §2.4 (e)): an ICMP error, a fragment other than the first, not from and to one host
     */
    public static boolean write(byte[] a, int offset, int mtu, PacketBuffer out) {
        return Ipv4Header.version(a, offset) == 4 ? writeV4(a, offset, mtu, out) : writeV6(a, offset, mtu, out);
    }

    private static boolean writeV4(byte[] a, int offset, int mtu, PacketBuffer out) {
        int source = Ipv4Header.source(a, offset);
        int destination = Ipv4Header.destination(a, offset);
        int header = Ipv4Header.headerLength(a, offset);
        int packetLength = Ipv4Header.totalLength(a, offset);
        if (Ipv4Header.isLaterFragment(a, offset)
                || !isUnicastV4(source)
                || !isUnicastV4(destination)
                || (Ipv4Header.protocol(a, offset) == IpProtocol.ICMP
                        && (packetLength == header || isErrorV4(Icmp.type(a, offset + header))))) {
            return false;
        }
        int quoted = Math.min(packetLength, V4_LONGEST - Ipv4Header.MINIMUM_LENGTH - Icmp.LENGTH);
        int icmp = out.offset + Ipv4Header.MINIMUM_LENGTH;
        out.length = Ipv4Header.MINIMUM_LENGTH + Icmp.LENGTH + quoted;
        Ipv4Header.write(
                out.array,
                out.offset,
                out.length,
                IpProtocol.ICMP,
                /* source= */ destination,
                /* destination= */ source);
        BigEndian.putU8(out.array, icmp + Icmp.TYPE, Icmp.DESTINATION_UNREACHABLE);
        BigEndian.putU8(out.array, icmp + Icmp.CODE, Icmp.FRAGMENTATION_NEEDED);
        BigEndian.putU16(out.array, icmp + Icmp.CHECKSUM, 0);
        BigEndian.putInt32(out.array, icmp + Icmp.IDENTIFIER, 0);
        BigEndian.putU16(out.array, icmp + Icmp.NEXT_HOP_MTU, Math.min(mtu, MTU_LIMIT_V4));
        System.arraycopy(a, offset, out.array, icmp + Icmp.LENGTH, quoted);
        BigEndian.putU16(out.array, icmp + Icmp.CHECKSUM, Checksum.of(out.array, icmp, Icmp.LENGTH + quoted));
        return true;
    }

    private static boolean writeV6(byte[] a, int offset, int mtu, PacketBuffer out) {
        int packetLength = Ipv6Header.totalLength(a, offset);
        int upper = Ipv6Header.upperLayer(a, offset, packetLength);
        int upperOffset = Ipv6Header.offsetOf(upper);
        if (isMulticastV6(a, offset + Ipv6Header.SOURCE)
                || isMulticastV6(a, offset + Ipv6Header.DESTINATION)
                || (Ipv6Header.sourceHigh(a, offset) == 0 && Ipv6Header.sourceLow(a, offset) == 0)
                || upperOffset >= packetLength
                || (Ipv6Header.protocolOf(upper) == IpProtocol.ICMPV6 && Icmp.type(a, offset + upperOffset) < 128)) {
            return false;
        }
        int quoted = Math.min(packetLength, V6_LONGEST - Ipv6Header.LENGTH - Icmp.LENGTH);
        int icmp = out.offset + Ipv6Header.LENGTH;
        int icmpLength = Icmp.LENGTH + quoted;
        out.length = Ipv6Header.LENGTH + icmpLength;
        BigEndian.putInt32(out.array, out.offset, 0x60000000);
        Ipv6Header.payloadLength(out.array, out.offset, icmpLength);
        BigEndian.putU8(out.array, out.offset + Ipv6Header.NEXT_HEADER, IpProtocol.ICMPV6);
        BigEndian.putU8(out.array, out.offset + Ipv6Header.HOP_LIMIT, 64);
        System.arraycopy(a, offset + Ipv6Header.DESTINATION, out.array, out.offset + Ipv6Header.SOURCE, 16);
        System.arraycopy(a, offset + Ipv6Header.SOURCE, out.array, out.offset + Ipv6Header.DESTINATION, 16);
        BigEndian.putU8(out.array, icmp + Icmp.TYPE, Icmp.V6_PACKET_TOO_BIG);
        BigEndian.putU8(out.array, icmp + Icmp.CODE, 0);
        BigEndian.putU16(out.array, icmp + Icmp.CHECKSUM, 0);
        BigEndian.putInt32(out.array, icmp + Icmp.V6_MTU, mtu);
        System.arraycopy(a, offset, out.array, icmp + Icmp.LENGTH, quoted);
        BigEndian.putU16(
                out.array,
                icmp + Icmp.CHECKSUM,
                Checksum.ofUpperLayer(out.array, out.offset, IpProtocol.ICMPV6, icmp, icmpLength));
        return true;
    }

    /** Neither 0/8 nor multicast, reserved or broadcast. */
    private static boolean isUnicastV4(int address) {
        int first = address >>> 24;
        return first != 0 && first < 224;
    }

    private static boolean isMulticastV6(byte[] a, int address) {
        return BigEndian.u8(a, address) == 0xff;
    }

    /** RFC 1122 §3.2.2: unreachable, source quench, redirect, time exceeded, parameter problem. */
    private static boolean isErrorV4(int type) {
        return type == Icmp.DESTINATION_UNREACHABLE || type == 4 || type == 5 || type == 11 || type == 12;
    }
}
