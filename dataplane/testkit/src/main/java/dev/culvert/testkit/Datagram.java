package dev.culvert.testkit;

import dev.culvert.wire.UdpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** A UDP datagram on its way. Equal by content, the time left out. */
public final class Datagram {
    private final UdpAddress from;
    private final UdpAddress to;
    private final byte[] payload;
    private final long nanos;

    /**
     * @param payload copied
     * @param nanos the virtual time at which it was sent
     */
    public Datagram(UdpAddress from, UdpAddress to, byte[] payload, long nanos) {
        this.from = from;
        this.to = to;
        this.payload = payload.clone();
        this.nanos = nanos;
    }

    public UdpAddress from() {
        return from;
    }

    public UdpAddress to() {
        return to;
    }

    /** A copy. */
    public byte[] payload() {
        return payload.clone();
    }

    /** Bytes of the UDP payload. */
    public int length() {
        return payload.length;
    }

    /** Bytes of the IP packet without options: what an MTU counts. */
    public int packetLength() {
        return (to.address().isV4() ? 28 : 48) + payload.length;
    }

    public long nanos() {
        return nanos;
    }

    Datagram from(UdpAddress newFrom) {
        return new Datagram(newFrom, to, payload, nanos);
    }

    Datagram to(UdpAddress newTo) {
        return new Datagram(from, newTo, payload, nanos);
    }

    Datagram payload(byte[] newPayload) {
        return new Datagram(from, to, newPayload, nanos);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Datagram that
                && from.equals(that.from)
                && to.equals(that.to)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, to, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return from + " > " + to + " " + HexFormat.of().formatHex(payload);
    }
}
