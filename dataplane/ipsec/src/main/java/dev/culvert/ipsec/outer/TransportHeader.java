package dev.culvert.ipsec.outer;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.TcpHeader;
import dev.culvert.wire.UdpHeader;

/** The packet's own IP header in transport mode: what is put behind it, and what it says about that (RFC 4303 §3.1.1). */
public final class TransportHeader {
    private TransportHeader() {}

    /**
     * Where ESP or AH goes.
     *
     * @param total bytes of the packet, which is valid
     * @return a place as {@link Ipv6Chain} has it, or {@link Ipv6Chain#NONE}
     */
    public static long insertion(byte[] a, int packet, int total) {
        if (Ipv4Header.version(a, packet) == 6) {
            return Ipv6Chain.insertion(a, packet, total);
        }
        return Ipv6Chain.place(Ipv4Header.protocol(a, packet), Ipv4Header.headerLength(a, packet), Ipv4Header.PROTOCOL);
    }

    /** Brings a header up to date with the protocol behind it and the length of the packet. */
    public static void rename(byte[] a, int packet, int name, int protocol, int total) {
        BigEndian.putU8(a, packet + name, protocol);
        if (Ipv4Header.version(a, packet) == 4) {
            Ipv4Header.totalLength(a, packet, total);
            Ipv4Header.fillChecksum(a, packet);
        } else {
            Ipv6Header.payloadLength(a, packet, total - Ipv6Header.LENGTH);
        }
    }

    /**
     * Writes a header in front of a payload that came in UDP, whose own header the socket has taken off.
     *
     * @param packet the payload; with the header afterwards
     */
    public static void synthesize(PacketBuffer packet, IpAddress source, IpAddress destination, int protocol, int tos) {
        int header = packet.offset - OuterHeader.length(source.version());
        int total = packet.end() - header;
        if (source.isV4()) {
            Ipv4Header.write(packet.array, header, total, protocol, (int) source.low(), (int) destination.low());
            Ipv4Header.tos(packet.array, header, tos);
            Ipv4Header.fillChecksum(packet.array, header);
        } else {
            Ipv6Header.write(packet.array, header, total - Ipv6Header.LENGTH, protocol, source, destination);
            Ipv6Header.trafficClass(packet.array, header, tos);
        }
        packet.offset = header;
        packet.length = total;
    }

    /**
     * Computes the checksum of TCP and UDP anew, which a NAT on the way could not do (RFC 3948 §3.1.2). Their octets are
     * authentic.
     *
     * @param upper offset of the upper layer's header
     */
    public static void correctChecksum(PacketBuffer packet, int upper, int protocol) {
        byte[] a = packet.array;
        int length = packet.end() - upper;
        if (protocol == IpProtocol.TCP && length >= TcpHeader.MINIMUM_LENGTH) {
            BigEndian.putU16(a, upper + TcpHeader.CHECKSUM, 0);
            BigEndian.putU16(
                    a,
                    upper + TcpHeader.CHECKSUM,
                    Checksum.ofUpperLayer(a, packet.offset, IpProtocol.TCP, upper, length));
        } else if (protocol == IpProtocol.UDP
                && length >= UdpHeader.LENGTH
                && BigEndian.u16(a, upper + UdpHeader.CHECKSUM) != 0) {
            BigEndian.putU16(a, upper + UdpHeader.CHECKSUM, 0);
            int checksum = Checksum.ofUpperLayer(a, packet.offset, IpProtocol.UDP, upper, length);
            BigEndian.putU16(a, upper + UdpHeader.CHECKSUM, checksum == 0 ? 0xffff : checksum);
        }
    }
}
