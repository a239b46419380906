package dev.culvert.ipsec.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Packets;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.TcpHeader;
import dev.culvert.wire.UdpAddress;
import java.util.Arrays;

/**
 * Packets for tests of translation, and a look at their checksums that shares no code with the engine: RFC 1071 by the
 * word, over everything.
 */
public final class TestPackets {
    private TestPackets() {}

    public static byte[] udp(String from, int fromPort, String to, int toPort, int payload) {
        return Packets.udp(UdpAddress.of(from, fromPort), UdpAddress.of(to, toPort), pattern(payload));
    }

    public static byte[] tcp(String from, int fromPort, String to, int toPort, int flags) {
        return tcp(from, fromPort, to, toPort, flags, 5);
    }

    public static byte[] tcp(String from, int fromPort, String to, int toPort, int flags, int payload) {
        int length = TcpHeader.MINIMUM_LENGTH + payload;
        byte[] packet = Packets.ip(IpAddress.parse(from), IpAddress.parse(to), IpProtocol.TCP, length);
        int tcp = packet.length - length;
        BigEndian.putU16(packet, tcp + TcpHeader.SOURCE_PORT, fromPort);
        BigEndian.putU16(packet, tcp + TcpHeader.DESTINATION_PORT, toPort);
        packet[tcp + TcpHeader.DATA_OFFSET] = 5 << 4;
        packet[tcp + TcpHeader.FLAGS] = (byte) flags;
        System.arraycopy(pattern(payload), 0, packet, tcp + TcpHeader.MINIMUM_LENGTH, payload);
        fill(packet, tcp + TcpHeader.CHECKSUM, pseudoHeader(packet, tcp, IpProtocol.TCP) + sum(packet, tcp, length));
        return packet;
    }

    public static byte[] echo(String from, String to, int identifier) {
        return Packets.echoRequest(IpAddress.parse(from), IpAddress.parse(to), identifier, 1, pattern(30));
    }

    public static byte[] echoReply(String from, String to, int identifier) {
        return Packets.echoReply(IpAddress.parse(from), IpAddress.parse(to), identifier, 1, pattern(30));
    }

    /** An ICMP error that quotes so many bytes of a packet. */
    public static byte[] error(String from, String to, int type, int code, byte[] about, int quoted) {
        IpAddress source = IpAddress.parse(from);
        byte[] quote = Arrays.copyOf(about, Math.min(quoted, about.length));
        int protocol = source.isV4() ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        int length = Icmp.LENGTH + quote.length;
        byte[] packet = Packets.ip(source, IpAddress.parse(to), protocol, length);
        int icmp = packet.length - length;
        packet[icmp + Icmp.TYPE] = (byte) type;
        packet[icmp + Icmp.CODE] = (byte) code;
        BigEndian.putInt32(packet, icmp + 4, 1400);
        System.arraycopy(quote, 0, packet, icmp + Icmp.LENGTH, quote.length);
        fill(
                packet,
                icmp + Icmp.CHECKSUM,
                (source.isV4() ? 0 : pseudoHeader(packet, icmp, protocol)) + sum(packet, icmp, length));
        return packet;
    }

    public static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 3);
        }
        return bytes;
    }

    /** Source and destination with their ports or the identifier: {@code 10.1.0.5:7 > 10.2.0.9:8}. */
    public static String ends(byte[] packet) {
        PacketEnds ends = new PacketEnds();
        assertThat(ends.read(packet, 0, packet.length)).isTrue();
        return new IpAddress(ends.version(), ends.sourceHigh(), ends.sourceLow())
                + port(ends.sourcePort())
                + " > "
                + new IpAddress(ends.version(), ends.destinationHigh(), ends.destinationLow())
                + port(ends.destinationPort());
    }

    private static String port(int port) {
        return port == PacketEnds.NO_PORT ? "" : ":" + port;
    }

    /** What an ICMP error quotes. */
    public static byte[] quote(byte[] error) {
        return Arrays.copyOfRange(error, upper(error) + Icmp.LENGTH, error.length);
    }

    /** Fails unless every checksum of a whole packet is right. */
    public static void assertRight(byte[] packet) {
        if (packet[0] >>> 4 == 4) {
            assertThat(fold(sum(packet, 0, 20))).as("IPv4 header").isEqualTo(0xffff);
        }
        int upper = upper(packet);
        int protocol = protocol(packet);
        long sum = sum(packet, upper, packet.length - upper);
        switch (protocol) {
            case IpProtocol.TCP, IpProtocol.ICMPV6, 33 ->
                assertThat(fold(sum + pseudoHeader(packet, upper, protocol)))
                        .as("checksum of protocol %d", protocol)
                        .isEqualTo(0xffff);
            case IpProtocol.UDP -> {
                if (BigEndian.u16(packet, upper + 6) != 0) {
                    assertThat(fold(sum + pseudoHeader(packet, upper, protocol)))
                            .as("UDP")
                            .isEqualTo(0xffff);
                }
            }
            case IpProtocol.ICMP -> assertThat(fold(sum)).as("ICMP").isEqualTo(0xffff);
            default -> {}
        }
    }

    static int upper(byte[] packet) {
        return packet[0] >>> 4 == 4 ? Ipv4Header.MINIMUM_LENGTH : Ipv6Header.LENGTH;
    }

    private static int protocol(byte[] packet) {
        return packet[packet[0] >>> 4 == 4 ? 9 : 6] & 0xff;
    }

    private static long pseudoHeader(byte[] packet, int upper, int protocol) {
        int addresses = packet[0] >>> 4 == 4 ? 12 : 8;
        return sum(packet, addresses, upper - addresses) + protocol + packet.length - upper;
    }

    private static long sum(byte[] bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += i % 2 == 0 ? (bytes[from + i] & 0xff) << 8 : bytes[from + i] & 0xff;
        }
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    /** Writes the checksum over a sum in which its own field was zero. */
    static void fill(byte[] packet, int at, long sum) {
        int checksum = ~fold(sum) & 0xffff;
        packet[at] = (byte) (checksum >>> 8);
        packet[at + 1] = (byte) checksum;
    }
}
