package dev.culvert.ipsec.translate;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Icmp;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import dev.culvert.wire.TcpHeader;
import dev.culvert.wire.UdpHeader;

/**
 * Addresses and ports of a packet, changed in place in a reused object. Every change is made good in the IPv4 header's
 * checksum and, where it is in this packet, the upper layer's (RFC 1624 §3, equation 3): one that was wrong stays wrong.
 * Fragments other than the first have no upper layer, and the first one's checksum covers them all.
 *
 * <p>The packet may be one that an ICMP error quotes, cut short anywhere behind its IP header. An ICMP query's
 * identifier stands for the port of who asks (RFC 5508 §3.1).
 */
final class PacketEnds {
    static final int NO_PORT = -1;

    private static final int NONE = -1;
    private static final int UDP_LITE = 136;
    private static final int DCCP = 33;
    private static final int DCCP_CHECKSUM = 6;
    private static final int TIMESTAMP = 13;
    private static final int TIMESTAMP_REPLY = 14;

    private byte[] a = {};
    private int packet;
    private int end;
    private int version;
    private int protocol;

    /** Offset of the upper layer's header, or {@link #NONE}. */
    private int upper;

    /** Offset of its checksum, or {@link #NONE}. */
    private int checksum;

    private boolean coversAddresses;
    private boolean icmpError;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int sourcePortAt;
    private int destinationPort;
    private int destinationPortAt;

    /**
     * Reads a packet.
     *
     * @param available bytes of it that are there: all, unless it is quoted
     * @return false if its addresses are not; the fields are then meaningless
     */
    boolean read(byte[] array, int offset, int available) {
        a = array;
        packet = offset;
        version = available < 1 ? 0 : Ipv4Header.version(a, offset);
        switch (version) {
            case 4 -> {
                int header = Ipv4Header.headerLength(a, offset);
                if (header < Ipv4Header.MINIMUM_LENGTH || available < header) {
                    return false;
                }
                end = offset + Math.clamp(Ipv4Header.totalLength(a, offset), header, available);
                sourceHigh = 0;
                sourceLow = Ipv4Header.source(a, offset) & 0xffffffffL;
                destinationHigh = 0;
                destinationLow = Ipv4Header.destination(a, offset) & 0xffffffffL;
                protocol = Ipv4Header.protocol(a, offset);
                upper = Ipv4Header.isLaterFragment(a, offset) ? NONE : offset + header;
            }
            case 6 -> {
                if (available < Ipv6Header.LENGTH) {
                    return false;
                }
                end = offset + Math.min(Ipv6Header.totalLength(a, offset), available);
                sourceHigh = Ipv6Header.sourceHigh(a, offset);
                sourceLow = Ipv6Header.sourceLow(a, offset);
                destinationHigh = Ipv6Header.destinationHigh(a, offset);
                destinationLow = Ipv6Header.destinationLow(a, offset);
                int found = Ipv6Header.upperLayer(a, offset, end - offset);
                protocol = Ipv6Header.protocolOf(found);
                upper = offset + Ipv6Header.offsetOf(found);
            }
            default -> {
                return false;
            }
        }
        readUpper();
        return true;
    }

    private void readUpper() {
        checksum = NONE;
        coversAddresses = true;
        icmpError = false;
        sourcePort = NO_PORT;
        destinationPort = NO_PORT;
        if (upper == NONE || upper >= end) {
            upper = NONE;
            return;
        }
        switch (protocol) {
            case IpProtocol.TCP -> {
                checksum = within(TcpHeader.CHECKSUM);
                readPorts();
            }
            case IpProtocol.UDP -> {
                checksum = within(UdpHeader.CHECKSUM);
                if (checksum != NONE && BigEndian.u16(a, checksum) == 0) {
                    checksum = NONE;
                }
                readPorts();
            }
            case UDP_LITE -> checksum = within(UdpHeader.CHECKSUM);
            case DCCP -> checksum = within(DCCP_CHECKSUM);
            case IpProtocol.ICMP -> {
                checksum = within(Icmp.CHECKSUM);
                coversAddresses = false;
                int type = Icmp.type(a, upper);
                icmpError = isErrorV4(type);
                readIdentifier(
                        type == Icmp.ECHO_REQUEST || type == TIMESTAMP,
                        type == Icmp.ECHO_REPLY || type == TIMESTAMP_REPLY);
            }
            case IpProtocol.ICMPV6 -> {
                checksum = within(Icmp.CHECKSUM);
                int type = Icmp.type(a, upper);
                icmpError = type < Icmp.V6_ECHO_REQUEST;
                readIdentifier(type == Icmp.V6_ECHO_REQUEST, type == Icmp.V6_ECHO_REPLY);
            }
            default -> {}
        }
    }

    private void readPorts() {
        if (end - upper >= 4) {
            sourcePortAt = upper;
            sourcePort = BigEndian.u16(a, sourcePortAt);
            destinationPortAt = upper + 2;
            destinationPort = BigEndian.u16(a, destinationPortAt);
        }
    }

    private void readIdentifier(boolean request, boolean reply) {
        int at = within(Icmp.IDENTIFIER);
        if (at != NONE && request) {
            sourcePortAt = at;
            sourcePort = BigEndian.u16(a, at);
        } else if (at != NONE && reply) {
            destinationPortAt = at;
            destinationPort = BigEndian.u16(a, at);
        }
    }

    /** Offset of 16 bits of the upper layer's header, or {@link #NONE} if they are not there. */
    private int within(int field) {
        return upper + field + 2 <= end ? upper + field : NONE;
    }

    /** RFC 1122 §3.2.2: unreachable, source quench, redirect, time exceeded, parameter problem. */
    private static boolean isErrorV4(int type) {
        return type == Icmp.DESTINATION_UNREACHABLE || type == 4 || type == 5 || type == 11 || type == 12;
    }

    /** Whether it is an ICMP error, which quotes another packet. */
    boolean isIcmpError() {
        return icmpError;
    }

    /**
     * Reads the packet that this ICMP error quotes.
     *
     * @return false if it is cut off before its addresses
     */
    boolean quoted(PacketEnds into) {
        return end - upper > Icmp.LENGTH && into.read(a, upper + Icmp.LENGTH, end - upper - Icmp.LENGTH);
    }

    /** The partial sum of the upper layer, for {@link #quoteChanged}. */
    long upperSum() {
        return Checksum.partialSum(a, upper, end - upper);
    }

    /** Makes good in the ICMP checksum what was changed in the packet quoted, since {@link #upperSum} was asked. */
    void quoteChanged(long sumBefore) {
        adjust(checksum, Checksum.finish(sumBefore) + (~Checksum.finish(upperSum()) & 0xffff));
    }

    int version() {
        return version;
    }

    int protocol() {
        return protocol;
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

    /** Of TCP and UDP; of an ICMP query its identifier; {@link #NO_PORT} otherwise. */
    int sourcePort() {
        return sourcePort;
    }

    /** Of TCP and UDP; of the response to an ICMP query its identifier; {@link #NO_PORT} otherwise. */
    int destinationPort() {
        return destinationPort;
    }

    /** TCP's, 0 for everything else. */
    int tcpFlags() {
        return protocol == IpProtocol.TCP && upper != NONE && upper + TcpHeader.FLAGS < end
                ? TcpHeader.flags(a, upper)
                : 0;
    }

    void source(long high, long low) {
        int at = packet + (version == 4 ? Ipv4Header.SOURCE : Ipv6Header.SOURCE);
        address(at, sourceHigh, sourceLow, high, low);
        sourceHigh = high;
        sourceLow = low;
    }

    void destination(long high, long low) {
        int at = packet + (version == 4 ? Ipv4Header.DESTINATION : Ipv6Header.DESTINATION);
        address(at, destinationHigh, destinationLow, high, low);
        destinationHigh = high;
        destinationLow = low;
    }

    /** Only where there is one. */
    void sourcePort(int port) {
        port(sourcePortAt, sourcePort, port);
        sourcePort = port;
    }

    /** Only where there is one. */
    void destinationPort(int port) {
        port(destinationPortAt, destinationPort, port);
        destinationPort = port;
    }

    private void address(int at, long highBefore, long lowBefore, long high, long low) {
        int difference = difference(lowBefore, low);
        if (version == 4) {
            BigEndian.putU32(a, at, low);
            adjust(packet + Ipv4Header.CHECKSUM, difference);
        } else {
            difference += difference(highBefore, high);
            BigEndian.putInt64(a, at, high);
            BigEndian.putInt64(a, at + 8, low);
        }
        if (coversAddresses && checksum != NONE) {
            adjustUpper(difference);
        }
    }

    private void port(int at, int before, int port) {
        BigEndian.putU16(a, at, port);
        if (checksum != NONE) {
            adjustUpper((~before & 0xffff) + port);
        }
    }

    private void adjustUpper(int difference) {
        adjust(checksum, difference);
        if ((protocol == IpProtocol.UDP || protocol == UDP_LITE) && BigEndian.u16(a, checksum) == 0) {
            // RFC 768: zero would say that there is none.
            BigEndian.putU16(a, checksum, 0xffff);
        }
    }

    /** What a changed address adds to a sum: the complement of its old words and its new ones, less than 2²⁰. */
    private static int difference(long before, long after) {
        return words(~before) + words(after);
    }

    private static int words(long value) {
        return (int) ((value >>> 48) + (value >>> 32 & 0xffff) + (value >>> 16 & 0xffff) + (value & 0xffff));
    }

    private void adjust(int at, int difference) {
        int sum = (~BigEndian.u16(a, at) & 0xffff) + difference;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        BigEndian.putU16(a, at, ~sum);
    }
}
