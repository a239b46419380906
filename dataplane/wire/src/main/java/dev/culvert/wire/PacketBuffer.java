package dev.culvert.wire;

import org.jspecify.annotations.Nullable;

/**
 * A packet in a reused heap array, with room before and behind it so that headers and trailers are added in place.
 *
 * <p>The fields are public and mutable on purpose: this is the unit of the packet path, owned by one worker thread at a
 * time, and nothing on that path allocates. {@link #remote} and {@link #local} are the outer UDP addresses of a datagram,
 * set by the socket on receipt and read by it on sending; the socket reuses equal instances.
 */
public final class PacketBuffer {
    /** Room kept before a packet that was read: outer IPv6, UDP, ESP header and IV, rounded up. */
    public static final int HEADROOM = 128;

    /** Room kept behind: ESP padding (up to 255), trailer and the longest ICV. */
    public static final int TAILROOM = 384;

    /** The whole array. Valid bytes are {@code [offset, offset + length)}. */
    public final byte[] array;

    public int offset;
    public int length;
    public @Nullable UdpAddress remote;
    public @Nullable UdpAddress local;

    /** DSCP and ECN of the outer IP header: as received with a datagram, or to be sent with it. 0 for a raw packet. */
    public int trafficClass;

    /** Whether it came in a TCP stream between its addresses, or is to go in it (RFC 9329). */
    public boolean inStream;

    /** A buffer for packets of up to {@code maximumLength} bytes with the usual room around them. */
    public PacketBuffer(int maximumLength) {
        array = new byte[HEADROOM + maximumLength + TAILROOM];
        offset = HEADROOM;
    }

    /** The most bytes that may be read into this buffer from {@link #HEADROOM} on. */
    public int maximumLength() {
        return array.length - HEADROOM - TAILROOM;
    }

    /** Makes the buffer empty, with the usual headroom. */
    public void clear() {
        offset = HEADROOM;
        length = 0;
        remote = null;
        local = null;
        trafficClass = 0;
        inStream = false;
    }

    public int end() {
        return offset + length;
    }
}
