package dev.culvert.agent.worker;

import dev.culvert.crypto.RandomSource;
import dev.culvert.ipsec.sad.Lifetime;

/**
 * A child SA's lifetime in bytes and packets (RFC 4301 §4.4.2.1); the negotiator watches the time. Rekeying is asked for
 * a random part of up to a tenth early, so that SAs made together, or both ends of one, do not do it together. The hard
 * limit is twice as far away as the soft one: enough for a rekeying whose messages are lost once or twice.
 */
public final class TrafficLifetime {
    private static final double JITTER = 0.1;
    private static final int HARD_FACTOR = 2;
    /** No peer has us do nothing but rekey. */
    private static final long LEAST_BYTES = 1_000_000;

    private TrafficLifetime() {}

    /**
     * Limits of one SA.
     *
     * @param rekeyBytes 0 for no limit
     * @param rekeyPackets 0 for no limit
     */
    static Lifetime of(long rekeyBytes, long rekeyPackets, RandomSource random) {
        Lifetime lifetime = Lifetime.UNLIMITED;
        if (rekeyBytes > 0) {
            lifetime = lifetime.withBytes(early(rekeyBytes, random), hard(rekeyBytes));
        }
        if (rekeyPackets > 0) {
            lifetime = lifetime.withPackets(early(rekeyPackets, random), hard(rekeyPackets));
        }
        return lifetime;
    }

    /**
     * The soft limit in bytes where the peer has a hard one too.
     *
     * @param rekeyBytes what is configured, 0 for no limit
     * @param lifeBytes the peer's, 0 for no limit
     */
    static long soft(long rekeyBytes, long lifeBytes) {
        if (lifeBytes == 0) {
            return rekeyBytes;
        }
        long inTime = Math.max(LEAST_BYTES, lifeBytes / HARD_FACTOR);
        return rekeyBytes == 0 ? inTime : Math.min(rekeyBytes, inTime);
    }

    /** The hard limit beside a soft one; 0 for none. */
    public static long hard(long rekey) {
        return HARD_FACTOR * rekey;
    }

    private static long early(long limit, RandomSource random) {
        double fraction = Integer.toUnsignedLong(random.nextInt()) / 0x1p32;
        return (long) (limit * (1 - JITTER * fraction));
    }
}
