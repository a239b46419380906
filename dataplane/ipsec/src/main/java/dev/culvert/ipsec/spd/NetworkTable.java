package dev.culvert.ipsec.spd;

import dev.culvert.wire.IpPrefix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Policies by destination network, for networks of one prefix length: an open-addressed table without boxing. */
final class NetworkTable {
    private static final int[] NOTHING = {};

    private final long highMask;
    private final long lowMask;
    private final long[] high;
    private final long[] low;
    private final int[][] policies;
    private final int mask;

    /**
     * @param length prefix length of all the networks
     * @param networks to the indexes of policies, in ascending order
     */
    NetworkTable(int length, Map<IpPrefix, List<Integer>> networks) {
        boolean v4 = networks.keySet().iterator().next().address().isV4();
        highMask = v4 ? 0 : upperBits(Math.min(length, 64));
        lowMask = v4 ? upperBits(32 + length) & 0xffffffffL : upperBits(length - 64);
        int slots = Math.max(2, Integer.highestOneBit(networks.size() * 4 - 1));
        high = new long[slots];
        low = new long[slots];
        policies = new int[slots][];
        mask = slots - 1;
        Arrays.fill(policies, NOTHING);
        networks.forEach((network, indexes) -> {
            long networkHigh = network.address().high();
            long networkLow = network.address().low();
            int at = slot(networkHigh, networkLow);
            while (policies[at].length != 0) {
                at = at + 1 & mask;
            }
            high[at] = networkHigh;
            low[at] = networkLow;
            policies[at] = indexes.stream().mapToInt(Integer::intValue).toArray();
        });
    }

    /** The policies that name the address's network, in order; empty if there is none. */
    int[] find(long addressHigh, long addressLow) {
        long networkHigh = addressHigh & highMask;
        long networkLow = addressLow & lowMask;
        int at = slot(networkHigh, networkLow);
        while (policies[at].length != 0 && (low[at] != networkLow || high[at] != networkHigh)) {
            at = at + 1 & mask;
        }
        return policies[at];
    }

    private int slot(long networkHigh, long networkLow) {
        long mixed = (networkHigh * 31 + networkLow) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 32 ^ mixed >>> 47) & mask;
    }

    /** A 64-bit mask whose first {@code bits} bits are set; negative counts as none. */
    private static long upperBits(int bits) {
        return bits <= 0 ? 0 : -1L << (64 - bits);
    }
}
