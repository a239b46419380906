package dev.culvert.ipsec.spd;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Chain;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.TrafficSelector;

/**
 * The fields of a packet that selectors look at (RFC 4301 §4.4.1.1), read once per packet into a reused object. IPv4
 * addresses are in the low 32 bits of the {@code low} half, unsigned.
 *
 * <p>ICMP's type and code stand for both ports. Where there is no port ({@link #NO_PORT}: a fragment other than the
 * first, another protocol, a header cut short) only selectors for any or opaque ports match.
 */
public final class PacketFlow {
    public static final int NO_PORT = -1;

    private int version;
    private int totalLength;
    private int upperOffset;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int trafficClass;
    private boolean fragment;
    private int protocol;
    private int sourcePort;
    private int destinationPort;

    /**
     * Reads a packet.
     *
     * @param length bytes available, which may be more than the packet has
     * @return false if it is not a whole IP packet; the fields are then meaningless
     */
    public boolean read(byte[] a, int offset, int length) {
        if (length < 1) {
            return false;
        }
        version = Ipv4Header.version(a, offset);
        int upper;
        if (version == 4) {
            if (!Ipv4Header.isValid(a, offset, length)) {
                return false;
            }
            totalLength = Ipv4Header.totalLength(a, offset);
            sourceHigh = 0;
            sourceLow = Ipv4Header.source(a, offset) & 0xffffffffL;
            destinationHigh = 0;
            destinationLow = Ipv4Header.destination(a, offset) & 0xffffffffL;
            trafficClass = Ipv4Header.tos(a, offset);
            fragment = Ipv4Header.isFragment(a, offset);
            protocol = Ipv4Header.protocol(a, offset);
            upper = Ipv4Header.isLaterFragment(a, offset) ? totalLength : Ipv4Header.headerLength(a, offset);
        } else {
            if (!Ipv6Header.isValid(a, offset, length)) {
                return false;
            }
            totalLength = Ipv6Header.totalLength(a, offset);
            sourceHigh = Ipv6Header.sourceHigh(a, offset);
            sourceLow = Ipv6Header.sourceLow(a, offset);
            destinationHigh = Ipv6Header.destinationHigh(a, offset);
            destinationLow = Ipv6Header.destinationLow(a, offset);
            trafficClass = Ipv6Header.trafficClass(a, offset);
            int found = Ipv6Header.upperLayer(a, offset, totalLength);
            protocol = Ipv6Header.protocolOf(found);
            upper = Ipv6Header.offsetOf(found);
            fragment = Ipv6Chain.fragment(a, offset, totalLength) != Ipv6Chain.NONE;
        }
        upperOffset = upper;
        readPorts(a, offset + upper, totalLength - upper);
        return true;
    }

    public int version() {
        return version;
    }

    /** Bytes of the packet according to its header. */
    public int totalLength() {
        return totalLength;
    }

    /** Where the upper layer begins, in bytes from the IP header; the packet's end if that is not in this packet. */
    public int upperOffset() {
        return upperOffset;
    }

    /** DSCP (6 bits) and ECN (2 bits). */
    public int trafficClass() {
        return trafficClass;
    }

    /** Whether it is one of several fragments, the first one included. */
    public boolean isFragment() {
        return fragment;
    }

    public int protocol() {
        return protocol;
    }

    /** Whether a selector set holds the source. */
    public boolean sourceWithin(SelectorSet selectors) {
        return selectors.contains(version, sourceHigh, sourceLow, protocol, sourcePort);
    }

    /** Whether a selector set holds the destination. */
    public boolean destinationWithin(SelectorSet selectors) {
        return selectors.contains(version, destinationHigh, destinationLow, protocol, destinationPort);
    }

    long sourceHigh() {
        return sourceHigh;
    }

    long sourceLow() {
        return sourceLow;
    }

    long destinationHigh() {
        return destinationHigh;
    }

    long destinationLow() {
        return destinationLow;
    }

    /** The source as the narrowest selector, newly allocated. */
    public TrafficSelector source() {
        return selector(sourceHigh, sourceLow, sourcePort);
    }

    /** The destination as the narrowest selector, newly allocated. */
    public TrafficSelector destination() {
        return selector(destinationHigh, destinationLow, destinationPort);
    }

    private void readPorts(byte[] a, int offset, int length) {
        sourcePort = NO_PORT;
        destinationPort = NO_PORT;
        if (length < 4) {
            return;
        }
        switch (protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.UDP_LITE, IpProtocol.DCCP -> {
                sourcePort = BigEndian.u16(a, offset);
                destinationPort = BigEndian.u16(a, offset + 2);
            }
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> {
                sourcePort = Icmp.typeAndCode(a, offset);
                destinationPort = sourcePort;
            }
            default -> {}
        }
    }

    private TrafficSelector selector(long high, long low, int port) {
        IpAddress address = new IpAddress(version, high, low);
        return port == NO_PORT
                ? new TrafficSelector(protocol, 0, 0xffff, address, address)
                : new TrafficSelector(protocol, port, port, address, address);
    }
}
