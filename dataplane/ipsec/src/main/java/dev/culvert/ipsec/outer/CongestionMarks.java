package dev.culvert.ipsec.outer;

import dev.culvert.wire.BigEndian;
import dev.culvert.wire.Checksum;
import dev.culvert.wire.Ipv4Header;
import dev.culvert.wire.Ipv6Header;

/**
 * Explicit congestion notification over tunnels (RFC 6040), both ends in normal mode: on the way out the outer header has
 * the inner one's DSCP and ECN; on the way in the DSCP is the inner header's and the ECN is made of both.
 */
public final class CongestionMarks {
    private static final int ECN = 3;
    private static final int NOT_ECT = 0;
    private static final int ECT_1 = 1;
    private static final int CE = 3;

    private CongestionMarks() {}

    /**
     * Brings a congestion mark of the outer header to a decapsulated packet (RFC 6040 §4.2, figure 4).
     *
     * @param packet offset of the inner IP header, which is valid
     * @param outerClass DSCP and ECN of the outer header
     * @return false if the packet has to be dropped: it met congestion and its sender would not hear of it
     */
    public static boolean decapsulate(byte[] a, int packet, int outerClass) {
        int outer = outerClass & ECN;
        if (outer != CE && outer != ECT_1) {
            return true;
        }
        boolean v4 = Ipv4Header.version(a, packet) == 4;
        int innerClass = v4 ? Ipv4Header.tos(a, packet) : Ipv6Header.trafficClass(a, packet);
        int inner = innerClass & ECN;
        if (inner == NOT_ECT) {
            return outer != CE;
        }
        int combined = inner == CE ? CE : outer;
        if (combined != inner) {
            int changed = (innerClass & ~ECN) | combined;
            if (v4) {
                int before = BigEndian.u16(a, packet);
                Ipv4Header.tos(a, packet, changed);
                int checksum = BigEndian.u16(a, packet + Ipv4Header.CHECKSUM);
                BigEndian.putU16(
                        a, packet + Ipv4Header.CHECKSUM, Checksum.update(checksum, before, BigEndian.u16(a, packet)));
            } else {
                Ipv6Header.trafficClass(a, packet, changed);
            }
        }
        return true;
    }
}
