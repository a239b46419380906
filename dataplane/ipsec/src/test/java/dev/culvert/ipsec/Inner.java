package dev.culvert.ipsec;

import dev.culvert.testkit.Packets;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.UdpAddress;
import java.util.Arrays;

/** Inner packets for tests. */
final class Inner {
    static final IpAddress LEFT_HOST = IpAddress.parse("10.1.0.5");
    static final IpAddress RIGHT_HOST = IpAddress.parse("10.2.0.9");
    static final IpAddress LEFT_HOST6 = IpAddress.parse("fd00:1::5");
    static final IpAddress RIGHT_HOST6 = IpAddress.parse("fd00:2::9");

    private Inner() {}

    /** From the left host to the right one. */
    static byte[] ping(int payload) {
        return Packets.echoRequest(LEFT_HOST, RIGHT_HOST, 7, 1, pattern(payload));
    }

    /** From the right host to the left one. */
    static byte[] pingBack(int payload) {
        return Packets.echoRequest(RIGHT_HOST, LEFT_HOST, 7, 1, pattern(payload));
    }

    static byte[] ping6(int payload) {
        return Packets.echoRequest(LEFT_HOST6, RIGHT_HOST6, 7, 1, pattern(payload));
    }

    static byte[] udp(String from, int fromPort, String to, int toPort) {
        return Packets.udp(UdpAddress.of(from, fromPort), UdpAddress.of(to, toPort), pattern(20));
    }

    static byte[] withDontFragment(byte[] packet) {
        Ipv4Header.flagsAndFragmentOffset(packet, 0, Ipv4Header.DF);
        Ipv4Header.fillChecksum(packet, 0);
        return packet;
    }

    /** Right and left of a packet exchanged. */
    static byte[] reversed(byte[] packet) {
        byte[] back = packet.clone();
        System.arraycopy(packet, Ipv4Header.SOURCE, back, Ipv4Header.DESTINATION, 4);
        System.arraycopy(packet, Ipv4Header.DESTINATION, back, Ipv4Header.SOURCE, 4);
        return back;
    }

    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 3);
        }
        return bytes;
    }

    static byte[] cut(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }
}
