package dev.culvert.ipsec.outer;

import dev.culvert.ipsec.sad.OuterPath;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpHeader;

/** The IP header of a packet in tunnel mode that goes as a whole IP packet. */
public final class OuterHeader {
    private OuterHeader() {}

    /**
     * Puts a UDP header in front of ESP, without a checksum, as RFC 3948 §2.1 has it over IPv4.
     *
     * @param path with UDP encapsulation
     */
    public static void prependUdp(PacketBuffer packet, OuterPath path) {
        packet.offset -= UdpHeader.LENGTH;
        packet.length += UdpHeader.LENGTH;
        UdpHeader.write(
                packet.array, packet.offset, path.local().port(), path.remote().port(), packet.length);
    }

    /** Bytes. */
    public static int length(int version) {
        return version == 4 ? Ipv4Header.MINIMUM_LENGTH : Ipv6Header.LENGTH;
    }

    /**
     * Puts the header in front of an ESP, AH or UDP header.
     *
     * @param protocol 50, 51 or 17
     * @param trafficClass DSCP and ECN
     * @param identification of IPv4 (RFC 791 §3.1); AH covers it, so that the kernel must not choose it
     * @param dontFragment the DF bit of IPv4
     */
    public static void prepend(
            PacketBuffer packet,
            OuterPath path,
            int protocol,
            int trafficClass,
            int identification,
            boolean dontFragment) {
        IpAddress local = path.local().address();
        IpAddress remote = path.remote().address();
        int payload = packet.length;
        int header = packet.offset - length(remote.version());
        if (remote.isV4()) {
            Ipv4Header.write(
                    packet.array, header, Ipv4Header.MINIMUM_LENGTH + payload, protocol, (int) local.low(), (int)
                            remote.low());
            Ipv4Header.tos(packet.array, header, trafficClass);
            Ipv4Header.identification(packet.array, header, identification);
            Ipv4Header.flagsAndFragmentOffset(packet.array, header, dontFragment ? Ipv4Header.DF : 0);
            Ipv4Header.fillChecksum(packet.array, header);
        } else {
            Ipv6Header.write(packet.array, header, payload, protocol, local, remote);
            Ipv6Header.trafficClass(packet.array, header, trafficClass);
        }
        packet.length = packet.end() - header;
        packet.offset = header;
    }
}
