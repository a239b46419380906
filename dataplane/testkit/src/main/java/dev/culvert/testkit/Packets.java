package dev.culvert.testkit;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.UdpAddress;
import dev.culvert.wire.UdpHeader;

/** Whole IP packets with right checksums, for tests. The addresses' version decides between IPv4 and IPv6. */
public final class Packets {
    private Packets() {}

    public static byte[] udp(UdpAddress from, UdpAddress to, byte[] payload) {
        int length = UdpHeader.LENGTH + payload.length;
        byte[] packet = ip(from.address(), to.address(), IpProtocol.UDP, length);
        int udp = packet.length - length;
        UdpHeader.write(packet, udp, from.port(), to.port(), length);
        System.arraycopy(payload, 0, packet, udp + UdpHeader.LENGTH, payload.length);
        int checksum = Checksum.ofUpperLayer(packet, 0, IpProtocol.UDP, udp, length);
        BigEndian.putU16(packet, udp + UdpHeader.CHECKSUM, checksum == 0 ? 0xffff : checksum);
        return packet;
    }

    /** An echo request ("ping") with {@code payload.length} bytes behind the ICMP header. */
    public static byte[] echoRequest(IpAddress from, IpAddress to, int identifier, int sequence, byte[] payload) {
        return echo(from, to, from.isV4() ? Icmp.ECHO_REQUEST : Icmp.V6_ECHO_REQUEST, identifier, sequence, payload);
    }

    public static byte[] echoReply(IpAddress from, IpAddress to, int identifier, int sequence, byte[] payload) {
        return echo(from, to, from.isV4() ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY, identifier, sequence, payload);
    }

    private static byte[] echo(IpAddress from, IpAddress to, int type, int identifier, int sequence, byte[] payload) {
        int protocol = from.isV4() ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int length = Icmp.LENGTH + payload.length;
        byte[] packet = ip(from, to, protocol, length);
        int icmp = packet.length - length;
        BigEndian.putU8(packet, icmp + Icmp.TYPE, type);
        BigEndian.putU16(packet, icmp + Icmp.IDENTIFIER, identifier);
        BigEndian.putU16(packet, icmp + Icmp.SEQUENCE, sequence);
        System.arraycopy(payload, 0, packet, icmp + Icmp.LENGTH, payload.length);
        int checksum = from.isV4()
                ? Checksum.of(packet, icmp, length)
                : Checksum.ofUpperLayer(packet, 0, protocol, icmp, length);
        BigEndian.putU16(packet, icmp + Icmp.CHECKSUM, checksum);
        return packet;
    }

    /** A packet with its IP header written and {@code payloadLength} zeros behind it. */
    public static byte[] ip(IpAddress from, IpAddress to, int protocol, int payloadLength) {
        if (from.version() != to.version()) {
            throw new IllegalArgumentException(from + " and " + to + " are of different IP versions");
        }
        if (from.isV4()) {
            byte[] packet = new byte[Ipv4Header.MINIMUM_LENGTH + payloadLength];
            Ipv4Header.write(packet, 0, packet.length, protocol, (int) from.low(), (int) to.low());
            return packet;
        }
        byte[] packet = new byte[Ipv6Header.LENGTH + payloadLength];
        Ipv6Header.write(packet, 0, payloadLength, protocol, from, to);
        return packet;
    }
}
