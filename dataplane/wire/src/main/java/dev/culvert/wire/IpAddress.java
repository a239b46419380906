package dev.culvert.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address as a value, in network byte order.
 *
 * @param version the IP version, 4 or 6
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits of an IPv6 address; for IPv4 the address as an unsigned 32-bit number
 */
public record IpAddress(int version, long high, long low) implements Comparable<IpAddress> {
    private static final Pattern DOTTED_QUAD = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final int GROUPS = 8;

    public static final IpAddress ANY_V4 = new IpAddress(4, 0, 0);
    public static final IpAddress ANY_V6 = new IpAddress(6, 0, 0);

    public IpAddress {
        if (version != 4 && version != 6) {
            throw new IllegalArgumentException("IP version " + version + " is neither 4 nor 6");
        }
        if (version == 4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    public static IpAddress v4(int address) {
        return new IpAddress(4, 0, Integer.toUnsignedLong(address));
    }

    public static IpAddress v6(long high, long low) {
        return new IpAddress(6, high, low);
    }

    /**
     * Reads an address of 4 or 16 bytes.
     *
     * @throws IllegalArgumentException for any other length
     */
    public static IpAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> v4(BigEndian.int32(bytes, 0));
            case 16 -> v6(BigEndian.int64(bytes, 0), BigEndian.int64(bytes, 8));
            default -> throw new IllegalArgumentException("an IP address has 4 or 16 bytes, these are " + bytes.length);
        };
    }

    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    /**
     * Parses an address literal: IPv4 as four decimal numbers without leading zeros, IPv6 without zone and brackets.
     * Names are never looked up. The JDK's own parser would also take {@code 10.1} for 10.0.0.1 and {@code 010.0.0.1} for
     * 10.0.0.1, where others see 8.0.0.1.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static IpAddress parse(String text) {
        boolean strict = text.indexOf(':') < 0
                ? DOTTED_QUAD.matcher(text).matches()
                : text.indexOf('%') < 0 && text.indexOf('[') < 0;
        if (!strict) {
            throw new IllegalArgumentException("'" + text + "' is neither an IPv4 nor an IPv6 address");
        }
        return of(InetAddress.ofLiteral(text));
    }

    /** The address in network byte order: 4 or 16 bytes, newly allocated. */
    public byte[] toBytes() {
        byte[] bytes = new byte[length()];
        writeTo(bytes, 0);
        return bytes;
    }

    /** Writes {@link #length()} bytes in network byte order. */
    public void writeTo(byte[] array, int offset) {
        if (version == 4) {
            BigEndian.putInt32(array, offset, (int) low);
        } else {
            BigEndian.putInt64(array, offset, high);
            BigEndian.putInt64(array, offset + 8, low);
        }
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new AssertionError("the length is always right", e);
        }
    }

    /** Bytes on the wire: 4 or 16. */
    public int length() {
        return bits() / 8;
    }

    /** Bits of an address of this version: 32 or 128. */
    public int bits() {
        return version == 4 ? 32 : 128;
    }

    public boolean isV4() {
        return version == 4;
    }

    /** Whether this is the unspecified address, 0.0.0.0 or ::. */
    public boolean isAny() {
        return high == 0 && low == 0;
    }

    /** IPv4 before IPv6, then by unsigned value. */
    @Override
    public int compareTo(IpAddress other) {
        if (version != other.version) {
            return Integer.compare(version, other.version);
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** IPv6 in the canonical form of RFC 5952 §4: lower case, the longest run of zero groups as {@code ::}. */
    @Override
    public String toString() {
        if (version == 4) {
            return (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        int longest = 0;
        int longestStart = -1;
        for (int start = 0; start < GROUPS; start++) {
            int end = start;
            while (end < GROUPS && group(end) == 0) {
                end++;
            }
            if (end - start > Math.max(longest, 1)) {
                longest = end - start;
                longestStart = start;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == longestStart) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    /** 16 bits of an IPv6 address, 0 to 7 from the left. */
    private int group(int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - 16 * (index % 4))) & 0xffff;
    }
}
