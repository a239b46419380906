package dev.culvert.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a TCP stream into the messages that it carries (RFC 9329 §3 and §4): {@code IKETCP} once, if it is a stream that
 * the other side opened; then messages, each behind 16 bits of length that count themselves. What a message is, ESP or
 * IKE or a NAT keepalive, shows as in a datagram on UDP port 4500.
 *
 * <p>Keeps nothing of the stream but where it is in it; what is not a whole message yet stays in the caller's buffer.
 */
public final class StreamFraming {
    /** Octets of the length before each message. */
    public static final int LENGTH_OCTETS = 2;

    /** The longest message that a length can tell of. */
    public static final int LONGEST_MESSAGE = 0xffff - LENGTH_OCTETS;

    private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);

    private final int longest;
    private int prefixLeft;
    /** Octets of a message that is too long which are still to come. */
    private int skipping;

    private long oversize;

    /** How taking ended. */
    public enum Result {
        /** All whole messages are taken. */
        TAKEN,
        /** The sink has no room for the next one. */
        SINK_FULL,
        /** The stream does not begin as it must (RFC 9329 §4). Nothing more can be taken. */
        BAD_PREFIX,
        /** A length of 0 or 1: the connection must be closed (RFC 9329 §3). Nothing more can be taken. */
        BAD_LENGTH
    }

    /** Takes messages. */
    public interface Sink {
        /**
         * A whole message, whose array is used again afterwards.
         *
         * @return false if there is no room for it: it will be given once more
         */
        boolean message(byte[] array, int offset, int length);
    }

    /**
     * @param opened whether the other side opened the stream, and so begins it with the prefix
     * @param longest octets of the longest message that is taken; longer ones are passed over and counted
     */
    public StreamFraming(boolean opened, int longest) {
        this.prefixLeft = opened ? PREFIX.length : 0;
        this.longest = Math.min(longest, LONGEST_MESSAGE);
    }

    /** What a stream begins with; the side that opened it sends that (RFC 9329 §4). */
    public static byte[] prefix() {
        return PREFIX.clone();
    }

    /** Octets that a buffer needs so that taking always gets on. */
    public int bufferSize() {
        return LENGTH_OCTETS + longest;
    }

    /** Whether the prefix has been seen, or none is due. */
    public boolean isBegun() {
        return prefixLeft == 0;
    }

    /** Messages that were longer than allowed. */
    public long oversize() {
        return oversize;
    }

    /**
     * Takes what is whole.
     *
     * @param in a buffer with an array, from whose position to its limit the stream goes on; afterwards its position is
     *     behind what was taken
     */
    public Result take(ByteBuffer in, Sink sink) {
        while (prefixLeft > 0 && in.hasRemaining()) {
            if (in.get() != PREFIX[PREFIX.length - prefixLeft]) {
                return Result.BAD_PREFIX;
            }
            prefixLeft--;
        }
        while (true) {
            int skipped = Math.min(skipping, in.remaining());
            in.position(in.position() + skipped);
            skipping -= skipped;
            if (in.remaining() < LENGTH_OCTETS) {
                return Result.TAKEN;
            }
            int length = in.getShort(in.position()) & 0xffff;
            if (length < LENGTH_OCTETS) {
                return Result.BAD_LENGTH;
            }
            if (length - LENGTH_OCTETS > longest) {
                oversize++;
                in.position(in.position() + LENGTH_OCTETS);
                skipping = length - LENGTH_OCTETS;
            } else if (in.remaining() < length) {
                return Result.TAKEN;
            } else {
                int message = in.position() + LENGTH_OCTETS;
                if (!sink.message(in.array(), in.arrayOffset() + message, length - LENGTH_OCTETS)) {
                    return Result.SINK_FULL;
                }
                in.position(in.position() + length);
            }
        }
    }

    /**
     * Puts a message behind its length.
     *
     * @param markerOctets zeros before it: the non-ESP marker of an IKE message, or none
     * @return false if there is no room, and nothing was put
     */
    public static boolean put(ByteBuffer out, int markerOctets, byte[] array, int offset, int length) {
        int whole = LENGTH_OCTETS + markerOctets + length;
        if (whole > 0xffff || whole > out.remaining()) {
            return false;
        }
        out.putShort((short) whole);
        for (int i = 0; i < markerOctets; i++) {
            out.put((byte) 0);
        }
        out.put(array, offset, length);
        return true;
    }
}
