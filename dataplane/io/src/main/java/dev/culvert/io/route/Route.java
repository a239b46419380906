package dev.culvert.io.route;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.Optional;

/** A route of ours on the host. */
public sealed interface Route {
    IpPrefix prefix();

    /** Lower wins. */
    int metric();

    /**
     * A route into a device, our TUN.
     *
     * @param source the source address that the host's own packets take (iproute2's {@code src})
     */
    record ThroughDevice(IpPrefix prefix, String device, Optional<IpAddress> source) implements Route {
        /** Beats everything but a route that somebody made with metric 0 for the very same prefix. */
        public static final int METRIC = 1;

        @Override
        public int metric() {
            return METRIC;
        }
    }

    /** A route by way of another machine: the gateway node. */
    record ViaNextHop(IpPrefix prefix, IpAddress nextHop) implements Route {
        @Override
        public int metric() {
            return ThroughDevice.METRIC;
        }
    }

    /** Drops what no better route takes: the fall-back that stays when the process dies. */
    record Blackhole(IpPrefix prefix) implements Route {
        /** Worse than any route that a person or a daemon usually makes. */
        public static final int METRIC = 1_000_229;

        @Override
        public int metric() {
            return METRIC;
        }
    }
}
