package dev.culvert.ipsec;

import dev.culvert.ipsec.fragment.Ipv6Fragmenter;
import dev.culvert.ipsec.mtu.Ipv4Fragmenter;
import dev.culvert.ipsec.mtu.PathMtus;
import dev.culvert.ipsec.outer.OuterHeader;
import dev.culvert.ipsec.outer.TransportHeader;
import dev.culvert.ipsec.sad.ChildSa;
import dev.culvert.ipsec.sad.ExpiryListener;
import dev.culvert.ipsec.sad.OuterPath;
import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.Carrier;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.PacketBatch;
import dev.culvert.wire.PacketBuffer;
import dev.culvert.wire.UdpHeader;

/**
 * Turns an inner packet into what goes out: in UDP or TCP the ESP packet alone, since the socket has the other headers; without
 * them, and in UDP with DF, which a UDP socket has for all its packets or for none, a whole IP packet. Owned by one worker.
 */
final class Encapsulator {
    private static final int NEVER_ZERO = 1;

    private final ExpiryListener expiry;

    /** For outer headers and fragments: raw sockets replace 0 by a number of their own. */
    private int identification;

    Encapsulator(ExpiryListener expiry) {
        this.expiry = expiry;
    }

    /**
     * Seals in place and addresses the packet.
     *
     * @param flow of the packet, or of the one that it is a fragment of
     * @param place where the SA's header goes in transport mode
     * @return false if the SA's lifetime is over, or the packet has malformed options
     */
    boolean encapsulate(ChildSa sa, OuterPath path, PacketFlow flow, long place, PacketBuffer packet, long nowNanos) {
        packet.local = path.local();
        packet.remote = path.remote();
        packet.trafficClass = flow.trafficClass();
        packet.inStream = path.carrier() == Carrier.TCP;
        return place == Ipv6Chain.NONE
                ? tunnel(sa, path, flow, packet, nowNanos)
                : transport(sa, path, place, packet, nowNanos);
    }

    private boolean tunnel(ChildSa sa, OuterPath path, PacketFlow flow, PacketBuffer packet, long nowNanos) {
        int nextHeader = flow.version() == 4 ? IpProtocol.IPV4 : IpProtocol.IPV6;
        int version = path.remote().address().version();
        boolean dontFragment = dontFragment(path, flow, packet);
        if (!sa.out().seal(packet, version, nextHeader, nowNanos, expiry)) {
            return false;
        }
        if (path.carrier() == Carrier.TCP) {
            return true;
        }
        boolean inUdp = path.carrier() == Carrier.UDP;
        int headers = OuterHeader.length(version) + (inUdp ? UdpHeader.LENGTH : 0);
        dontFragment &= headers + packet.length <= path.outerMtu();
        int protocol = sa.out().protocol();
        if (inUdp) {
            if (!dontFragment) {
                return true;
            }
            OuterHeader.prependUdp(packet, path);
            packet.local = path.rawLocal();
            packet.remote = path.rawRemote();
            protocol = IpProtocol.UDP;
        }
        int header = packet.offset;
        OuterHeader.prepend(packet, path, protocol, flow.trafficClass(), nextIdentification() & 0xffff, dontFragment);
        return inUdp || sa.out().sign(packet, header);
    }

    /**
     * The outer DF bit (RFC 4301 §8.1). Where a path is said to take less than what every host takes, whose packets could
     * not be cut to fit, it stays clear.
     */
    private static boolean dontFragment(OuterPath path, PacketFlow flow, PacketBuffer packet) {
        boolean wanted =
                switch (path.dontFragment()) {
                    case CLEAR -> false;
                    case COPY -> flow.version() == 6 || Ipv4Header.dontFragment(packet.array, packet.offset);
                    case SET -> true;
                };
        return wanted && path.outerMtu() > PathMtus.LEAST_V4;
    }

    private boolean transport(ChildSa sa, OuterPath path, long place, PacketBuffer packet, long nowNanos) {
        byte[] a = packet.array;
        int header = Ipv6Chain.offsetOf(place);
        int version = Ipv4Header.version(a, packet.offset);
        int ip = packet.offset - sa.out().headerLength(version);
        if (path.carrier() == Carrier.IP) {
            // First, because the ESP header goes where the end of this one is.
            System.arraycopy(a, packet.offset, a, ip, header);
        }
        packet.offset += header;
        packet.length -= header;
        if (!sa.out().seal(packet, version, Ipv6Chain.protocolOf(place), nowNanos, expiry)) {
            return false;
        }
        if (path.carrier() != Carrier.IP) {
            return true;
        }
        int sealed = packet.offset;
        packet.length = packet.end() - ip;
        packet.offset = ip;
        if (version == 4 && Ipv4Header.identification(a, ip) == 0) {
            Ipv4Header.identification(a, ip, nextIdentification() & 0xffff);
        }
        TransportHeader.rename(a, ip, Ipv6Chain.nameOf(place), sa.out().protocol(), packet.length);
        return sa.out().sign(packet, sealed);
    }

    /**
     * Cuts the last packet of a batch if it is longer than the path carries. In UDP the kernel does that.
     *
     * @return false, and the packet is not there any more, if there is no room or it may not be cut
     */
    boolean fragmentLast(PacketBatch batch, int mtu) {
        int first = batch.size() - 1;
        PacketBuffer whole = batch.buffer(first);
        boolean v4 = Ipv4Header.version(whole.array, whole.offset) == 4;
        int count = v4
                ? Ipv4Fragmenter.count(whole.array, whole.offset, mtu)
                : Ipv6Fragmenter.count(whole.array, whole.offset, whole.length, mtu);
        if (count == 0
                || count > batch.capacity() - batch.size()
                || (v4 && Ipv4Header.dontFragment(whole.array, whole.offset))) {
            batch.size(first);
            return false;
        }
        int id = nextIdentification();
        for (int i = 0; i < count; i++) {
            PacketBuffer fragment = batch.add();
            if (v4) {
                Ipv4Fragmenter.write(whole.array, whole.offset, mtu, i, fragment);
            } else {
                Ipv6Fragmenter.write(whole.array, whole.offset, whole.length, mtu, i, id, fragment);
            }
            fragment.local = whole.local;
            fragment.remote = whole.remote;
            batch.swap(first + i, first + i + 1);
        }
        batch.size(first + count);
        return true;
    }

    private int nextIdentification() {
        identification = (identification & 0xffff) == 0xffff ? identification + 1 + NEVER_ZERO : identification + 1;
        return identification;
    }
}
