package dev.culvert.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * A bounds-checked cursor over received bytes.
 *
 * <p>Running over the end is a peer's fault and therefore no exception: the read gives zeros (or empty bytes), the reader
 * becomes {@linkplain #overran() overrun} and empty for good. A parser reads its fields straight down, asks once, and
 * only then builds its value:
 *
 * <pre>{@code
 * int type = reader.u8();
 * int length = reader.u16();
 * byte[] body = reader.bytes(length);
 * if (reader.overran()) {
 *     return new Malformed("notify payload is cut short");
 * }
 * }</pre>
 *
 * Loops of the form {@code while (reader.hasRemaining())} end on overrun, too. Not thread-safe.
 */
public final class WireReader {
    private static final byte[] NOTHING = {};

    private final byte[] array;
    private final int start;
    private final int end;
    private int position;
    private boolean overran;

    private WireReader(byte[] array, int offset, int end) {
        this.array = array;
        this.start = offset;
        this.position = offset;
        this.end = end;
    }

    public static WireReader of(byte[] bytes) {
        return new WireReader(bytes, 0, bytes.length);
    }

    /**
     * Reads {@code length} bytes of {@code array} from {@code offset} on, without copying them.
     *
     * @throws IndexOutOfBoundsException if that is not within the array
     */
    public static WireReader of(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return new WireReader(array, offset, offset + length);
    }

    /** Whether any read so far went over the end. */
    public boolean overran() {
        return overran;
    }

    /** Bytes left; 0 after an overrun. */
    public int remaining() {
        return end - position;
    }

    public boolean hasRemaining() {
        return position < end;
    }

    /** Bytes consumed so far. */
    public int position() {
        return position - start;
    }

    /** An unsigned byte. */
    public int u8() {
        return take(1) ? array[position - 1] & 0xff : 0;
    }

    /** An unsigned 16-bit number. */
    public int u16() {
        return take(2) ? BigEndian.u16(array, position - 2) : 0;
    }

    /** An unsigned 32-bit number, 0 to 2³²−1. */
    public long u32() {
        return take(4) ? BigEndian.u32(array, position - 4) : 0;
    }

    /** 32 bits as they are, such as an ESP SPI. */
    public int int32() {
        return take(4) ? BigEndian.int32(array, position - 4) : 0;
    }

    /** 64 bits as they are, such as an IKE SPI. */
    public long u64() {
        return take(8) ? BigEndian.int64(array, position - 8) : 0;
    }

    /** A copy of the next {@code length} bytes; empty if they are not there or {@code length} is negative. */
    public byte[] bytes(int length) {
        return take(length) ? Arrays.copyOfRange(array, position - length, position) : NOTHING;
    }

    /** A copy of everything left. */
    public byte[] rest() {
        return bytes(remaining());
    }

    /** An address of the given version, 4 or 16 bytes. */
    public IpAddress address(int version) {
        if (version == 4) {
            return IpAddress.v4(int32());
        }
        long high = u64();
        long low = u64();
        return overran ? IpAddress.ANY_V6 : IpAddress.v6(high, low);
    }

    /** Passes over {@code length} bytes; an overrun if they are not there or {@code length} is negative. */
    public void skip(int length) {
        take(length);
    }

    /**
     * A reader of the next {@code length} bytes alone, which this reader passes over. If they are not there, this reader
     * is overrun and so is the new, empty one. An overrun of the new reader later leaves this one as it is.
     */
    public WireReader slice(int length) {
        if (take(length)) {
            return new WireReader(array, position - length, position);
        }
        WireReader empty = new WireReader(array, end, end);
        empty.overran = true;
        return empty;
    }

    /** The next byte without consuming it; 0 if there is none, which is no overrun. */
    public int peekU8() {
        return hasRemaining() ? array[position] & 0xff : 0;
    }

    private boolean take(int length) {
        if (overran || length < 0 || length > end - position) {
            overran = true;
            position = end;
            return false;
        }
        position += length;
        return true;
    }
}
