package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.mtu.DontFragment;
import dev.culvert.ipsec.mtu.EffectiveMtu;
import dev.culvert.ipsec.mtu.MssClamp;
import dev.culvert.ipsec.mtu.SizePolicy;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.UdpAddress;

/**
 * The way of an SA's packets outside.
 *
 * @param carrier what packets go in; if it is IP, they are whole IP packets and the ports are 0
 * @param rawLocal {@code local} without a port, for packets that go as whole IP packets although they are in UDP
 * @param rawRemote {@code remote} without a port
 * @param linkMtu MTU in bytes of the device by which packets leave
 * @param outerMtu the longest outer IP packet in bytes that fits the path, as far as that is known
 * @param innerMtu the longest inner packet in bytes that fits
 * @param maximumSegmentV4 the longest TCP segment in IPv4 that is to be asked for, in bytes
 * @param maximumSegmentV6 the same in IPv6
 * @param dontFragment the outer DF bit; clear over IPv6 and in transport mode, where it is the packet's own
 */
public record OuterPath(
        Carrier carrier,
        UdpAddress local,
        UdpAddress remote,
        UdpAddress rawLocal,
        UdpAddress rawRemote,
        int linkMtu,
        int outerMtu,
        int innerMtu,
        int maximumSegmentV4,
        int maximumSegmentV6,
        DontFragment dontFragment) {
    /**
     * @param linkMtu MTU of the device
     * @param reportedMtu what a router said fits the path, or a large number
     */
    static OuterPath of(
            SaParameters sa,
            SizePolicy sizes,
            Carrier carrier,
            UdpAddress local,
            UdpAddress remote,
            int linkMtu,
            int reportedMtu) {
        boolean tunnel = sa.mode() == SaMode.TUNNEL;
        int version = remote.address().version();
        int outerMtu = Math.min(linkMtu, reportedMtu);
        int fitting = EffectiveMtu.of(sa.suite(), sa.mode(), carrier, version, outerMtu);
        int innerMtu = sizes.innerLimit() == 0 ? fitting : Math.min(fitting, sizes.innerLimit());
        // In transport mode the host itself is TCP's end, which knows the device's MTU.
        MssClamp clamp = tunnel ? sizes.mssClamp() : new MssClamp.Off();
        UdpAddress rawLocal = local.withPort(0);
        UdpAddress rawRemote = remote.withPort(0);
        return new OuterPath(
                carrier,
                carrier == Carrier.IP ? rawLocal : local,
                carrier == Carrier.IP ? rawRemote : remote,
                rawLocal,
                rawRemote,
                linkMtu,
                outerMtu,
                innerMtu,
                clamp.limit(4, innerMtu),
                clamp.limit(6, innerMtu),
                tunnel && version == 4 ? sizes.dontFragment() : DontFragment.CLEAR);
    }

    /**
     * The longest TCP segment that is to be asked for, in bytes.
     *
     * @param innerVersion 4 or 6
     */
    public int maximumSegment(int innerVersion) {
        return innerVersion == 4 ? maximumSegmentV4 : maximumSegmentV6;
    }
}
