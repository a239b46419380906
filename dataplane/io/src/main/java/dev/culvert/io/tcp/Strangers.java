package dev.culvert.io.tcp;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.HashMap;
import java.util.Map;

/** Counts connections that others opened and on which nobody has authenticated. */
final class Strangers {
    private static final int IPV6_PREFIX = 64;

    private final StreamLimits limits;
    private final Map<IpPrefix, Integer> byPrefix = new HashMap<>();
    private int count;

    Strangers(StreamLimits limits) {
        this.limits = limits;
    }

    boolean admits(IpAddress from) {
        return count < limits.strangers() && byPrefix.getOrDefault(prefix(from), 0) < limits.strangersPerPrefix();
    }

    void add(IpAddress from) {
        count++;
        byPrefix.merge(prefix(from), 1, Integer::sum);
    }

    void remove(IpAddress from) {
        count--;
        byPrefix.computeIfPresent(prefix(from), (prefix, n) -> n == 1 ? null : n - 1);
    }

    private static IpPrefix prefix(IpAddress address) {
        return address.isV4() ? IpPrefix.host(address) : new IpPrefix(new IpAddress(6, address.high(), 0), IPV6_PREFIX);
    }
}
