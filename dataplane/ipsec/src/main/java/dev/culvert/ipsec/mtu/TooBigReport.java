package dev.culvert.ipsec.mtu;

import dev.culvert.ipsec.esp.EspHeader;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.UdpAddress;
import dev.culvert.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a router says of a packet of ours that was too long for its next link: ICMP "fragmentation needed" (RFC 1191 §4) or
 * ICMPv6 "packet too big" (RFC 4443 §3.2). Nobody has authenticated it (RFC 4301 §8.2.1); what it quotes has to be compared
 * with an SA.
 *
 * @param local source of the packet, with its UDP port or 0
 * @param remote destination of the packet
 * @param protocol what it carried: ESP, AH or UDP
 * @param spi in ESP, AH or ESP in UDP; 0 if the quotation ends before it, or if it was no ESP in UDP
 * @param mtu of the next link in bytes
 */
public record TooBigReport(UdpAddress local, UdpAddress remote, int protocol, int spi, int mtu) {
    /** What is quoted of a packet at least, behind its IP header (RFC 792). */
    private static final int LEAST_QUOTED = 8;

    /** Where AH has its SPI. */
    private static final int AH_SPI = 4;

    /** MTUs that links have had (RFC 1191 §7.1), for routers that do not say. */
    private static final int[] PLATEAUS = {32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};

    /**
     * Reads a whole IP packet.
     *
     * @return null if it is no such report, or not about ESP, AH or UDP
     */
    public static @Nullable TooBigReport parse(byte[] a, int offset, int length) {
        if (Ipv4Header.isValid(a, offset, length)) {
            return parseV4(a, offset, Ipv4Header.totalLength(a, offset));
        }
        return Ipv6Header.isValid(a, offset, length) ? parseV6(a, offset, Ipv6Header.totalLength(a, offset)) : null;
    }

    private static @Nullable TooBigReport parseV4(byte[] a, int offset, int length) {
        int icmp = offset + Ipv4Header.headerLength(a, offset);
        int icmpLength = offset + length - icmp;
        if (Ipv4Header.protocol(a, offset) != IpProtocol.ICMP
                || Ipv4Header.isFragment(a, offset)
                || icmpLength < Icmp.LENGTH + Ipv4Header.MINIMUM_LENGTH
                || Icmp.type(a, icmp) != Icmp.DESTINATION_UNREACHABLE
                || Icmp.code(a, icmp) != Icmp.FRAGMENTATION_NEEDED
                || Checksum.of(a, icmp, icmpLength) != 0) {
            return null;
        }
        int quoted = icmp + Icmp.LENGTH;
        int header = Ipv4Header.headerLength(a, quoted);
        if (Ipv4Header.version(a, quoted) != 4
                || header < Ipv4Header.MINIMUM_LENGTH
                || Ipv4Header.isLaterFragment(a, quoted)) {
            return null;
        }
        int said = BigEndian.u16(a, icmp + Icmp.NEXT_HOP_MTU);
        return about(
                a,
                quoted + header,
                offset + length,
                IpAddress.v4(Ipv4Header.source(a, quoted)),
                IpAddress.v4(Ipv4Header.destination(a, quoted)),
                Ipv4Header.protocol(a, quoted),
                said == 0 ? plateauBelow(Ipv4Header.totalLength(a, quoted)) : said);
    }

    private static @Nullable TooBigReport parseV6(byte[] a, int offset, int length) {
        int upper = Ipv6Header.upperLayer(a, offset, length);
        int icmp = offset + Ipv6Header.offsetOf(upper);
        int icmpLength = offset + length - icmp;
        if (Ipv6Header.protocolOf(upper) != IpProtocol.ICMPV6
                || icmpLength < Icmp.LENGTH + Ipv6Header.LENGTH
                || Icmp.type(a, icmp) != Icmp.V6_PACKET_TOO_BIG
                || Checksum.ofUpperLayer(a, offset, IpProtocol.ICMPV6, icmp, icmpLength) != 0) {
            return null;
        }
        int quoted = icmp + Icmp.LENGTH;
        if (Ipv6Header.version(a, quoted) != 6) {
            return null;
        }
        int carried = Ipv6Header.upperLayer(a, quoted, offset + length - quoted);
        return about(
                a,
                quoted + Ipv6Header.offsetOf(carried),
                offset + length,
                IpAddress.v6(Ipv6Header.sourceHigh(a, quoted), Ipv6Header.sourceLow(a, quoted)),
                IpAddress.v6(Ipv6Header.destinationHigh(a, quoted), Ipv6Header.destinationLow(a, quoted)),
                Ipv6Header.protocolOf(carried),
                (int) Math.min(PathMtus.UNKNOWN, BigEndian.u32(a, icmp + Icmp.V6_MTU)));
    }

    private static @Nullable TooBigReport about(
            byte[] a, int carried, int end, IpAddress source, IpAddress destination, int protocol, int mtu) {
        if (end - carried < LEAST_QUOTED) {
            return null;
        }
        int sourcePort = 0;
        int destinationPort = 0;
        int spi = 0;
        switch (protocol) {
            case IpProtocol.ESP -> spi = EspHeader.spi(a, carried);
            case IpProtocol.AH -> spi = BigEndian.int32(a, carried + AH_SPI);
            case IpProtocol.UDP -> {
                sourcePort = UdpHeader.sourcePort(a, carried);
                destinationPort = UdpHeader.destinationPort(a, carried);
                int esp = carried + UdpHeader.LENGTH;
                spi = end - esp < Integer.BYTES ? 0 : EspHeader.spi(a, esp);
            }
            default -> {
                return null;
            }
        }
        return new TooBigReport(
                new UdpAddress(source, sourcePort), new UdpAddress(destination, destinationPort), protocol, spi, mtu);
    }

    private static int plateauBelow(int length) {
        for (int plateau : PLATEAUS) {
            if (plateau < length) {
                return plateau;
            }
        }
        return PLATEAUS[PLATEAUS.length - 1];
    }
}
