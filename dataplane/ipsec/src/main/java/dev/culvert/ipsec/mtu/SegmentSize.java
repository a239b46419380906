package dev.culvert.ipsec.mtu;

import dev.culvert.ipsec.spd.PacketFlow;
import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.IpProtocol;
import dev.culvert.wire.TcpHeader;

/**
 * Lowers the maximum segment size option of TCP segments with SYN (RFC 9293 §3.2, §3.7.1), so that two hosts behind the
 * gateways send each other segments that fit the tunnel even if no ICMP reaches them. A segment without the option is
 * left alone: its sender counts on 536 or 1220 bytes, and there is no room for one.
 */
public final class SegmentSize {
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int MAXIMUM_SEGMENT_SIZE_LENGTH = 4;

    private SegmentSize() {}

    /**
     * Lowers the option of a packet that is a SYN or SYN-ACK, and its checksum with it; every other packet stays as it is,
     * and so does one with malformed options.
     *
     * @param packet offset of the IP header
     * @param flow of the packet
     * @param limit bytes
     */
    public static void lower(byte[] a, int packet, PacketFlow flow, int limit) {
        if (flow.protocol() != IpProtocol.TCP) {
            return;
        }
        int tcp = packet + flow.upperOffset();
        int available = packet + flow.totalLength() - tcp;
        if (available < TcpHeader.MINIMUM_LENGTH || (TcpHeader.flags(a, tcp) & TcpHeader.SYN) == 0) {
            return;
        }
        int header = TcpHeader.headerLength(a, tcp);
        if (header >= TcpHeader.MINIMUM_LENGTH && header <= available) {
            lowerOptions(a, tcp, tcp + header, limit);
        }
    }

    private static void lowerOptions(byte[] a, int tcp, int end, int limit) {
        if (!areWellFormed(a, tcp + TcpHeader.MINIMUM_LENGTH, end)) {
            return;
        }
        int at = tcp + TcpHeader.MINIMUM_LENGTH;
        while (at < end) {
            int kind = BigEndian.u8(a, at);
            if (kind == END_OF_OPTIONS) {
                return;
            }
            if (kind == MAXIMUM_SEGMENT_SIZE) {
                lowerValue(a, tcp, at + 2, limit);
            }
            at += kind == NO_OPERATION ? 1 : BigEndian.u8(a, at + 1);
        }
    }

    private static boolean areWellFormed(byte[] a, int options, int end) {
        int at = options;
        while (at < end) {
            int kind = BigEndian.u8(a, at);
            if (kind == END_OF_OPTIONS) {
                return true;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            int length = at + 1 < end ? BigEndian.u8(a, at + 1) : 0;
            if (length < 2
                    || length > end - at
                    || (kind == MAXIMUM_SEGMENT_SIZE && length != MAXIMUM_SEGMENT_SIZE_LENGTH)) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private static void lowerValue(byte[] a, int tcp, int value, int limit) {
        int before = BigEndian.u16(a, value);
        if (before <= limit) {
            return;
        }
        BigEndian.putU16(a, value, limit);
        // At an odd distance the value is the halves of two words; the sum does not mind which half is which (RFC 1071
        // §2).
        boolean odd = (value - tcp & 1) != 0;
        int checksum = BigEndian.u16(a, tcp + TcpHeader.CHECKSUM);
        BigEndian.putU16(
                a,
                tcp + TcpHeader.CHECKSUM,
                Checksum.update(checksum, odd ? swapped(before) : before, odd ? swapped(limit) : limit));
    }

    private static int swapped(int word) {
        return (word & 0xff) << 8 | word >>> 8;
    }
}
