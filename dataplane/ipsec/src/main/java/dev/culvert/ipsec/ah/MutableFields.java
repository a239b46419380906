package dev.culvert.ipsec.ah;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;
import java.util.Arrays;

/**
 * What may change on the way, set to zero in a copy of a packet's headers, or to what it will be at the end where that is
 * known (RFC 4302 §3.3.3.1 and appendix A).
 */
final class MutableFields {
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int SECURITY = 130;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int EXTENDED_SECURITY = 133;
    private static final int COMMERCIAL_SECURITY = 134;
    private static final int STRICT_SOURCE_ROUTE = 137;
    private static final int ROUTER_ALERT = 148;
    private static final int MULTI_DESTINATION = 149;
    private static final int ROUTE_POINTER = 2;
    private static final int SHORTEST_ROUTE = 7;

    /** Of an IPv6 option's type: its data may change on the way (RFC 8200 §4.2). */
    private static final int MAY_CHANGE = 0x20;

    private static final int PAD1 = 0;
    private static final int SEGMENTS_LEFT = 3;
    private static final int ROUTING_ADDRESSES = 8;
    private static final int ADDRESS = 16;

    private MutableFields() {}

    /**
     * Zeroes the mutable fields of an IP header with its options or extension headers.
     *
     * @param h the copy, from the IP header on
     * @param length bytes up to the AH header
     * @return false if options or extension headers are malformed
     */
    static boolean zero(byte[] h, int length) {
        return Ipv4Header.version(h, 0) == 4 ? zeroV4(h, length) : zeroV6(h, length);
    }

    private static boolean zeroV4(byte[] h, int length) {
        h[Ipv4Header.TOS] = 0;
        Ipv4Header.flagsAndFragmentOffset(h, 0, 0);
        h[Ipv4Header.TTL] = 0;
        BigEndian.putU16(h, Ipv4Header.CHECKSUM, 0);
        int at = Ipv4Header.MINIMUM_LENGTH;
        while (at < length) {
            int type = BigEndian.u8(h, at);
            if (type == END_OF_OPTIONS) {
                return true;
            }
            if (type == NO_OPERATION) {
                at++;
                continue;
            }
            int option = at + 1 < length ? BigEndian.u8(h, at + 1) : 0;
            if (option < 2 || option > length - at) {
                return false;
            }
            switch (type) {
                case SECURITY, EXTENDED_SECURITY, COMMERCIAL_SECURITY, ROUTER_ALERT, MULTI_DESTINATION -> {}
                case LOOSE_SOURCE_ROUTE, STRICT_SOURCE_ROUTE -> {
                    // At the end the destination is the last address of the route.
                    if (option >= SHORTEST_ROUTE && BigEndian.u8(h, at + ROUTE_POINTER) <= option) {
                        System.arraycopy(h, at + option - 4, h, Ipv4Header.DESTINATION, 4);
                    }
                    Arrays.fill(h, at, at + option, (byte) 0);
                }
                default -> Arrays.fill(h, at, at + option, (byte) 0);
            }
            at += option;
        }
        return true;
    }

    private static boolean zeroV6(byte[] h, int length) {
        BigEndian.putInt32(h, 0, 0x60000000);
        h[Ipv6Header.HOP_LIMIT] = 0;
        int protocol = Ipv6Header.nextHeader(h, 0);
        int at = Ipv6Header.LENGTH;
        while (at < length) {
            int header = 8 + 8 * BigEndian.u8(h, at + 1);
            if (header > length - at) {
                return false;
            }
            boolean right =
                    switch (protocol) {
                        case IpProtocol.HOP_BY_HOP, IpProtocol.DESTINATION_OPTIONS ->
                            zeroOptions(h, at + 2, at + header);
                        case IpProtocol.ROUTING -> arriveAtTheEnd(h, at, header);
                        default -> false;
                    };
            if (!right) {
                return false;
            }
            protocol = BigEndian.u8(h, at);
            at += header;
        }
        return true;
    }

    private static boolean zeroOptions(byte[] h, int from, int end) {
        int at = from;
        while (at < end) {
            int type = BigEndian.u8(h, at);
            if (type == PAD1) {
                at++;
                continue;
            }
            int data = at + 1 < end ? BigEndian.u8(h, at + 1) : end;
            if (data > end - at - 2) {
                return false;
            }
            if ((type & MAY_CHANGE) != 0) {
                Arrays.fill(h, at + 2, at + 2 + data, (byte) 0);
            }
            at += 2 + data;
        }
        return true;
    }

    /** A routing header with addresses as it is when no segments are left, and the destination that goes with it. */
    private static boolean arriveAtTheEnd(byte[] h, int at, int length) {
        int left = BigEndian.u8(h, at + SEGMENTS_LEFT);
        if (left == 0) {
            return true;
        }
        int addresses = (length - ROUTING_ADDRESSES) / ADDRESS;
        if (left > addresses || (length - ROUTING_ADDRESSES) % ADDRESS != 0) {
            return false;
        }
        int next = at + ROUTING_ADDRESSES + (addresses - left) * ADDRESS;
        int last = at + ROUTING_ADDRESSES + (addresses - 1) * ADDRESS;
        for (int i = 0; i < ADDRESS; i++) {
            byte end = h[last + i];
            for (int address = last; address > next; address -= ADDRESS) {
                h[address + i] = h[address - ADDRESS + i];
            }
            h[next + i] = h[Ipv6Header.DESTINATION + i];
            h[Ipv6Header.DESTINATION + i] = end;
        }
        h[at + SEGMENTS_LEFT] = 0;
        return true;
    }
}
