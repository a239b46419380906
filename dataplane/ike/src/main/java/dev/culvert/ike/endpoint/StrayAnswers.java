package dev.culvert.ike.endpoint;

import dev.culvert.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits what messages outside of any SA lead to: answering them, or believing them so far as to look. They help an honest
 * peer, and must not help anybody else. So each address gets little, strangers together get little, and all together get
 * as much as a thousand peers need that find us restarted.
 */
final class StrayAnswers {
    private static final int PER_ADDRESS = 10;
    private static final int STRANGERS = 10;
    private static final int ALL = 1000;
    private static final long SECOND = 1_000_000_000L;

    private final Map<IpAddress, Integer> byAddress = new HashMap<>();
    private long windowEnd = Long.MIN_VALUE;
    private int strangers;
    private int all;

    /**
     * Whether one more may be dealt with in this second.
     *
     * @param known whether a tunnel names the address
     */
    boolean may(IpAddress from, boolean known, long nowNanos) {
        if (nowNanos >= windowEnd) {
            windowEnd = nowNanos + SECOND;
            byAddress.clear();
            strangers = 0;
            all = 0;
        }
        if (all >= ALL || (!known && strangers >= STRANGERS)) {
            return false;
        }
        if (byAddress.merge(from, 1, Integer::sum) > PER_ADDRESS) {
            return false;
        }
        all++;
        strangers += known ? 0 : 1;
        return true;
    }
}
