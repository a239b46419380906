package dev.culvert.wire;

import java.util.regex.Pattern;

/**
 * A network in CIDR notation.
 *
 * @param address the network's first address; bits behind the prefix are zero
 * @param length prefix length in bits, 0 to 32 or 128
 */
public record IpPrefix(IpAddress address, int length) {
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    public IpPrefix {
        if (length < 0 || length > address.bits()) {
            throw new IllegalArgumentException(
                    "prefix length " + length + " is not in 0 to " + address.bits() + " (" + address + ")");
        }
        if (!masked(address, length).equals(address)) {
            throw new IllegalArgumentException(address + "/" + length + " has host bits set; the network is "
                    + masked(address, length) + "/" + length);
        }
    }

    /**
     * Parses {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a bare address is a host prefix.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return host(IpAddress.parse(text));
        }
        IpAddress address = IpAddress.parse(text.substring(0, slash));
        String length = text.substring(slash + 1);
        if (!LENGTH.matcher(length).matches()) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length behind the slash");
        }
        return new IpPrefix(address, Integer.parseInt(length));
    }

    public static IpPrefix host(IpAddress address) {
        return new IpPrefix(address, address.bits());
    }

    /** The network of a length that an address is in. */
    public static IpPrefix around(IpAddress address, int length) {
        return new IpPrefix(masked(address, length), length);
    }

    public IpAddress first() {
        return address;
    }

    public IpAddress last() {
        return address.isV4()
                ? new IpAddress(4, 0, address.low() | (~mask(32 + length) & 0xffffffffL))
                : new IpAddress(6, address.high() | ~mask(Math.min(length, 64)), address.low() | ~mask(length - 64));
    }

    public boolean contains(IpAddress other) {
        return other.version() == address.version() && first().compareTo(other) <= 0 && other.compareTo(last()) <= 0;
    }

    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    public boolean overlaps(IpPrefix other) {
        return contains(other) || other.contains(this);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static IpAddress masked(IpAddress address, int length) {
        return address.isV4()
                ? new IpAddress(4, 0, address.low() & mask(32 + length))
                : new IpAddress(6, address.high() & mask(Math.min(length, 64)), address.low() & mask(length - 64));
    }

    /** A 64-bit mask whose first {@code bits} bits are set; negative counts as none. */
    private static long mask(int bits) {
        return bits <= 0 ? 0 : -1L << (64 - bits);
    }
}
