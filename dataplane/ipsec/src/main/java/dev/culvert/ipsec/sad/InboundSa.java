package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.counters.Counters;
import dev.culvert.ipsec.replay.ReplayWindow;
import dev.culvert.wire.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** The SA from the peer to us. Owned by one worker. */
public final class InboundSa {
    /** {@link #open}: seen before, or sequence number 0. */
    public static final int REPLAYED = -1;

    /** {@link #open}: left of the window. */
    public static final int TOO_OLD = -2;

    /** {@link #open}: the ICV is wrong. */
    public static final int NOT_AUTHENTIC = -3;

    private static final long MOVED_INTERVAL_NANOS = 1_000_000_000L;

    private static final int PACKETS = 0;
    private static final int BYTES = 1;
    private static final int SEQUENCE = 2;
    private static final int LAST_USED = 3;
    private static final int REFUSED_AS_REPLAYED = 4;
    private static final int UNAUTHENTICATED = 5;
    private static final int MALFORMED = 6;
    private static final int COUNTERS = 7;

    private final ChildSa pair;
    private final int spi;
    private final Opener opener;
    private final ReplayWindow window;
    private final LifetimeMeter meter;
    private final Counters counters = new Counters(COUNTERS);
    private boolean newest;
    private long nextMovedNanos;

    InboundSa(ChildSa pair, Opener opener, ReplayWindow window, long nowNanos) {
        this.pair = pair;
        this.opener = opener;
        this.window = window;
        SaParameters parameters = pair.parameters();
        spi = parameters.spiIn();
        meter = LifetimeMeter.inbound(parameters.lifetime());
        counters.set(LAST_USED, nowNanos);
        nextMovedNanos = nowNanos;
    }

    public int spi() {
        return spi;
    }

    public ChildSa pair() {
        return pair;
    }

    /** 50 or 51. */
    public int protocol() {
        return opener.protocol();
    }

    /** The shortest packet of this SA in bytes, from the ESP or AH header on. */
    public int minimumLength() {
        return opener.minimumLength();
    }

    /** What ended this SA, or null while it carries traffic. Any thread. */
    public @Nullable Limit expired() {
        return meter.expired();
    }

    LifetimeMeter meter() {
        return meter;
    }

    /**
     * Checks the sequence number, verifies and decrypts, and only then moves the window (RFC 4303 §3.4.3, §3.4.4).
     *
     * @param packet from the ESP or AH header on, at least {@link #minimumLength} long; unchanged
     * @param sequenceLow the packet's sequence number
     * @param outer offset of the IP header; of no meaning with ESP
     * @param out takes what was protected; untouched unless the packet is authentic
     * @return its bytes, with ESP the trailer included, or {@link #REPLAYED}, {@link #TOO_OLD}, {@link #NOT_AUTHENTIC}
     */
    public int open(PacketBuffer packet, int sequenceLow, int outer, byte[] out, int outOffset) {
        long sequence = window.sequence(sequenceLow);
        if (sequence == ReplayWindow.NONE) {
            return refuse(REFUSED_AS_REPLAYED, TOO_OLD);
        }
        switch (window.check(sequence)) {
            case REPLAYED -> {
                return refuse(REFUSED_AS_REPLAYED, REPLAYED);
            }
            case TOO_OLD -> {
                return refuse(REFUSED_AS_REPLAYED, TOO_OLD);
            }
            case NEW -> {}
        }
        int plain = opener.open(packet.array, outer, packet.offset, packet.length, sequence, out, outOffset);
        if (plain == Opener.NOT_AUTHENTIC) {
            return refuse(UNAUTHENTICATED, NOT_AUTHENTIC);
        }
        newest = window.advance(sequence);
        counters.set(SEQUENCE, window.highest());
        pair.activateOutbound();
        return plain;
    }

    /** Whether the packet that was opened last has the highest sequence number so far. */
    public boolean newest() {
        return newest;
    }

    /** Whether it is time to tell of a moved peer again; if so, not again for a second. */
    public boolean mayTellOfMove(long nowNanos) {
        if (nowNanos - nextMovedNanos < 0) {
            return false;
        }
        nextMovedNanos = nowNanos + MOVED_INTERVAL_NANOS;
        return true;
    }

    /**
     * Counts an authenticated packet against the lifetime.
     *
     * @param inner bytes of the inner packet
     * @return false if the SA's lifetime is over
     */
    public boolean admits(int inner, long nowNanos, ExpiryListener listener) {
        if (!meter.admits(counters.get(BYTES) + inner, counters.get(PACKETS) + 1, 0, pair, listener)) {
            return false;
        }
        counters.add(PACKETS, 1);
        counters.add(BYTES, inner);
        counters.set(LAST_USED, nowNanos);
        return true;
    }

    /** Counts an authenticated packet that was dropped for what is in it. */
    public void countMalformed() {
        counters.add(MALFORMED, 1);
    }

    void close() {
        opener.close();
    }

    SaSnapshot.Direction snapshot() {
        return new SaSnapshot.Direction(
                spi,
                counters.get(PACKETS),
                counters.get(BYTES),
                counters.get(SEQUENCE),
                counters.get(LAST_USED),
                counters.get(REFUSED_AS_REPLAYED),
                counters.get(UNAUTHENTICATED),
                counters.get(MALFORMED),
                meter.expired() != null);
    }

    private int refuse(int counter, int verdict) {
        counters.add(counter, 1);
        return verdict;
    }
}
