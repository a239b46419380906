package dev.culvert.ipsec.translate;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;

/** From one network to another of the same length: the bits behind the prefix stay. Immutable. */
final class NetworkMap {
    private final int version;
    private final long highMask;
    private final long lowMask;
    private final IpAddress from;
    private final IpAddress to;

    NetworkMap(IpPrefix from, IpPrefix to) {
        this.from = from.address();
        this.to = to.address();
        version = this.from.version();
        boolean v4 = this.from.isV4();
        highMask = v4 ? -1 : upperBits(Math.min(from.length(), 64));
        lowMask = v4 ? upperBits(32 + from.length()) : upperBits(from.length() - 64);
    }

    NetworkMap reversed() {
        return new NetworkMap(version, highMask, lowMask, to, from);
    }

    private NetworkMap(int version, long highMask, long lowMask, IpAddress from, IpAddress to) {
        this.version = version;
        this.highMask = highMask;
        this.lowMask = lowMask;
        this.from = from;
        this.to = to;
    }

    /** Whether an address is to be mapped. */
    boolean contains(int itsVersion, long high, long low) {
        return itsVersion == version && (high & highMask) == from.high() && (low & lowMask) == from.low();
    }

    long high(long high) {
        return to.high() | (high & ~highMask);
    }

    long low(long low) {
        return to.low() | (low & ~lowMask);
    }

    /** A 64-bit mask whose first {@code bits} bits are set; negative counts as none. */
    private static long upperBits(int bits) {
        return bits <= 0 ? 0 : -1L << (64 - bits);
    }
}
