package dev.culvert.ipsec.sad;

import dev.culvert.crypto.ChildSuite;
import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.wire.UdpAddress;

/**
 * The way of an SA's packets outside.
 *
 * @param outerMtu the longest outer IP packet in bytes
 * @param innerMtu the longest inner packet in bytes that fits
 */
public record OuterPath(UdpAddress local, UdpAddress remote, int outerMtu, int innerMtu) {
    public static OuterPath of(ChildSuite suite, UdpAddress local, UdpAddress remote, int outerMtu) {
        return new OuterPath(
                local,
                remote,
                outerMtu,
                EffectiveMtu.udpEncapsulated(suite, remote.address().version(), outerMtu));
    }
}
