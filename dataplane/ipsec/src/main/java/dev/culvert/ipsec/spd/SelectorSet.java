package dev.culvert.ipsec.spd;

import dev.culvert.wire.TrafficSelector;
import java.util.List;

/** One side's traffic selectors, laid out for matching without allocation. Immutable. */
public final class SelectorSet {
    private final int[] versions;
    private final int[] protocols;
    private final int[] firstPorts;
    private final int[] lastPorts;
    private final long[] startHigh;
    private final long[] startLow;
    private final long[] endHigh;
    private final long[] endLow;

    private SelectorSet(List<TrafficSelector> selectors) {
        int count = selectors.size();
        versions = new int[count];
        protocols = new int[count];
        firstPorts = new int[count];
        lastPorts = new int[count];
        startHigh = new long[count];
        startLow = new long[count];
        endHigh = new long[count];
        endLow = new long[count];
        for (int i = 0; i < count; i++) {
            TrafficSelector selector = selectors.get(i);
            versions[i] = selector.start().version();
            protocols[i] = selector.protocol();
            firstPorts[i] = selector.startPort();
            lastPorts[i] = selector.endPort();
            startHigh[i] = selector.start().high();
            startLow[i] = selector.start().low();
            endHigh[i] = selector.end().high();
            endLow[i] = selector.end().low();
        }
    }

    public static SelectorSet of(List<TrafficSelector> selectors) {
        return new SelectorSet(selectors);
    }

    /**
     * Whether one of the selectors holds this end of a packet.
     *
     * @param high upper half of an IPv6 address, 0 for IPv4
     * @param low lower half, or the IPv4 address
     * @param port or {@link PacketFlow#NO_PORT}
     */
    boolean contains(int version, long high, long low, int protocol, int port) {
        for (int i = 0; i < versions.length; i++) {
            if (versions[i] == version
                    && (protocols[i] == TrafficSelector.ANY_PROTOCOL || protocols[i] == protocol)
                    && notAfter(startHigh[i], startLow[i], high, low)
                    && notAfter(high, low, endHigh[i], endLow[i])
                    && portWithin(port, firstPorts[i], lastPorts[i])) {
                return true;
            }
        }
        return false;
    }

    private static boolean notAfter(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh < 0 || (byHigh == 0 && Long.compareUnsigned(low, otherLow) <= 0);
    }

    /** A range that starts behind its end is OPAQUE: it wants packets that show no port (RFC 4301 §4.4.1.1). */
    private static boolean portWithin(int port, int first, int last) {
        if (port == PacketFlow.NO_PORT) {
            return first > last || (first == 0 && last == 0xffff);
        }
        return first <= port && port <= last;
    }
}
