package dev.culvert.ipsec.sad;

import dev.culvert.crypto.PacketCipher;
import dev.culvert.ipsec.counters.Counters;
import dev.culvert.ipsec.esp.EspHeader;
import dev.culvert.ipsec.esp.EspTrailer;
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
    private final PacketCipher cipher;
    private final LifetimeMeter meter;
    private final Counters counters = new Counters(COUNTERS);
    private long lastSequence;

    OutboundSa(ChildSa pair, PacketCipher cipher, long lastSequence, long nowNanos) {
        this.pair = pair;
        this.cipher = cipher;
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

    /** Bytes that {@link #seal} puts in front of a payload. */
    public int headerLength() {
        return EspHeader.LENGTH + cipher.ivLength();
    }

    LifetimeMeter meter() {
        return meter;
    }

    /**
     * Turns a payload into an ESP packet (RFC 4303 §3.3) in place: the buffer's room on both sides takes header, IV,
     * trailer and ICV.
     *
     * @param nextHeader protocol number of the payload
     * @return false, and an unchanged buffer, if the SA's lifetime is over
     */
    public boolean seal(PacketBuffer packet, int nextHeader, long nowNanos, ExpiryListener listener) {
        int inner = packet.length;
        long sequence = lastSequence + 1;
        if (!meter.admits(counters.get(BYTES) + inner, counters.get(PACKETS) + 1, sequence, pair, listener)) {
            return false;
        }
        lastSequence = sequence;
        int esp = packet.offset - EspHeader.LENGTH - cipher.ivLength();
        int plain = inner + EspTrailer.append(packet.array, packet.end(), inner, cipher.padBlock(), nextHeader);
        EspHeader.write(packet.array, esp, spi, (int) sequence);
        cipher.seal(packet.array, esp, plain, sequence);
        packet.offset = esp;
        packet.length = cipher.overhead() + plain;
        counters.add(PACKETS, 1);
        counters.add(BYTES, inner);
        counters.set(SEQUENCE, sequence);
        counters.set(LAST_USED, nowNanos);
        return true;
    }

    void close() {
        cipher.close();
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
