package dev.culvert.ipsec.esp;

import dev.culvert.wire.BigEndian;

/** What shares UDP port 4500 (RFC 3948 §2): ESP, IKE behind four zero bytes, and NAT keepalives. */
public final class UdpEncapsulation {
    /** Four zero bytes where ESP has its SPI, which is never zero (§2.2). */
    public static final int NON_ESP_MARKER_LENGTH = 4;

    private static final byte KEEPALIVE = (byte) 0xff;

    /** What a datagram is, by its first bytes. */
    public enum Kind {
        EMPTY,
        KEEPALIVE,
        /** Too short for any of them. */
        RUNT,
        IKE,
        ESP
    }

    private UdpEncapsulation() {}

    public static Kind kind(byte[] a, int offset, int length) {
        if (length <= NON_ESP_MARKER_LENGTH) {
            if (length == 0) {
                return Kind.EMPTY;
            }
            return length == 1 && a[offset] == KEEPALIVE ? Kind.KEEPALIVE : Kind.RUNT;
        }
        if (BigEndian.int32(a, offset) == 0) {
            return Kind.IKE;
        }
        return length < EspHeader.LENGTH ? Kind.RUNT : Kind.ESP;
    }
}
