package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.wire.UdpAddress;

/**
 * The way of an SA's packets outside.
 *
 * @param udpEncapsulation whether packets go in UDP; if not, they are whole IP packets and the ports are 0
 * @param outerMtu the longest outer IP packet in bytes
 * @param innerMtu the longest inner packet in bytes that fits
 */
public record OuterPath(boolean udpEncapsulation, UdpAddress local, UdpAddress remote, int outerMtu, int innerMtu) {
    static OuterPath of(SaParameters sa, boolean udpEncapsulation, UdpAddress local, UdpAddress remote, int outerMtu) {
        return new OuterPath(
                udpEncapsulation,
                udpEncapsulation ? local : local.withPort(0),
                udpEncapsulation ? remote : remote.withPort(0),
                outerMtu,
                EffectiveMtu.of(
                        sa.suite(),
                        sa.mode(),
                        udpEncapsulation,
                        remote.address().version(),
                        outerMtu));
    }
}
