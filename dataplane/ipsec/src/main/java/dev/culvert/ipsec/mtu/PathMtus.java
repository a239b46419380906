package dev.culvert.ipsec.mtu;

import dev.culvert.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The MTUs of the paths to peers, as far as routers reported them. One outlives the SA that it was learnt with, and is
 * forgotten ten minutes after it was last reported (RFC 1191 §6.3, RFC 8201 §4, RFC 4301 §8.2.2): the path may have become
 * a better one. One thread.
 */
public final class PathMtus {
    /** Nobody has reported anything. */
    public static final int UNKNOWN = 0xffff;

    /** What every host takes (RFC 791 §3.1): a report of less is taken for this, and may be forged. */
    public static final int LEAST_V4 = 576;

    /** RFC 8200 §5. */
    public static final int LEAST_V6 = 1280;

    private static final long LIFETIME_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Map<IpAddress, Learnt> learnt = new HashMap<>();

    private record Learnt(int mtu, long untilNanos) {}

    /** The longest outer IP packet in bytes that fits the path to a peer, or {@link #UNKNOWN}. */
    public int of(IpAddress peer) {
        Learnt known = learnt.get(peer);
        return known == null ? UNKNOWN : known.mtu();
    }

    /**
     * Takes up a report, unless it says more than an earlier one.
     *
     * @return whether it says less
     */
    public TooBigVerdict learn(IpAddress peer, int reported, long nowNanos) {
        int mtu = Math.max(reported, peer.isV4() ? LEAST_V4 : LEAST_V6);
        int before = of(peer);
        if (mtu > before) {
            return TooBigVerdict.KNOWN;
        }
        learnt.put(peer, new Learnt(mtu, nowNanos + LIFETIME_NANOS));
        return mtu < before ? TooBigVerdict.LOWERED : TooBigVerdict.KNOWN;
    }

    /** Forgets what is too old, and says whose. */
    public List<IpAddress> expire(long nowNanos) {
        List<IpAddress> forgotten = new ArrayList<>();
        learnt.entrySet().removeIf(entry -> {
            boolean old = nowNanos - entry.getValue().untilNanos() >= 0;
            if (old) {
                forgotten.add(entry.getKey());
            }
            return old;
        });
        return forgotten;
    }
}
