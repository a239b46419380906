package dev.culvert.ipsec.sad;

import dev.culvert.ipsec.counters.Counters;
import dev.culvert.wire.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** The SA from us to the peer. One worker sends on it: it alone hands out the sequence numbers. */
public final class OutboundSa {
    private static final int PACKETS = 0;
    private static final int BYTES = 1;
    private static final int SEQUENCE = 2;
    private static final int LAST_USED = 3;
    private static final int COUNTERS = 4;

    private final ChildSa pair;
    private final int spi;
    private final Sealer sealer;
    private final LifetimeMeter meter;
    private final Counters counters = new Counters(COUNTERS);
    private long lastSequence;

    OutboundSa(ChildSa pair, Sealer sealer, long lastSequence, long nowNanos) {
        this.pair = pair;
        this.sealer = sealer;
        this.lastSequence = lastSequence;
        SaParameters parameters = pair.parameters();
        spi = parameters.spiOut();
        meter = LifetimeMeter.outbound(parameters.lifetime(), parameters.suite().esn());
        counters.set(LAST_USED, nowNanos);
    }

    public int spi() {
        return spi;
    }

    /** What ended this SA, or null while it carries traffic. Any thread. */
    public @Nullable Limit expired() {
        return meter.expired();
    }

    /** 50 or 51. */
    public int protocol() {
        return sealer.protocol();
    }

    /**
     * Bytes that {@link #seal} puts in front of a payload.
     *
     * @param ipVersion of the header before it
     */
    public int headerLength(int ipVersion) {
        return sealer.headerLength(ipVersion);
    }

    LifetimeMeter meter() {
        return meter;
    }

    /**
     * Puts a payload into ESP (RFC 4303 §3.3) or AH (RFC 4302 §3.3) in place: the buffer's room on both sides takes what
     * is added.
     *
     * @param ipVersion of the header before it
     * @param nextHeader protocol number of the payload
     * @return false, and an unchanged buffer, if the SA's lifetime is over
     */
    public boolean seal(PacketBuffer packet, int ipVersion, int nextHeader, long nowNanos, ExpiryListener listener) {
        int inner = packet.length;
        long sequence = lastSequence + 1;
        if (!meter.admits(counters.get(BYTES) + inner, counters.get(PACKETS) + 1, sequence, pair, listener)) {
            return false;
        }
        lastSequence = sequence;
        sealer.seal(packet, ipVersion, spi, sequence, nextHeader);
        counters.add(PACKETS, 1);
        counters.add(BYTES, inner);
        counters.set(SEQUENCE, sequence);
        counters.set(LAST_USED, nowNanos);
        return true;
    }

    /**
     * Ends what {@link #seal} began, when the IP header stands before it.
     *
     * @param header offset of the ESP or AH header
     * @return false if the IP header is malformed
     */
    public boolean sign(PacketBuffer packet, int header) {
        return sealer.sign(packet, header, lastSequence);
    }

    void close() {
        sealer.close();
    }

    SaSnapshot.Direction snapshot() {
        return new SaSnapshot.Direction(
                spi,
                counters.get(PACKETS),
                counters.get(BYTES),
                counters.get(SEQUENCE),
                counters.get(LAST_USED),
                0,
                0,
                0,
                meter.expired() != null);
    }
}
