package dev.culvert.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A range of addresses, ports and a protocol (RFC 7296 §3.13.1, RFC 4301 §4.4.1.1). For ICMP the port range holds type
 * and code, as RFC 7296 says.
 *
 * @param protocol IP protocol number, 0 for any
 * @param startPort first port, 0 to 65535
 * @param endPort last port. {@code startPort 65535, endPort 0} is OPAQUE (RFC 4301 §4.4.1.1)
 * @param start first address
 * @param end last address, of the same version, not before {@code start}
 */
public record TrafficSelector(int protocol, int startPort, int endPort, IpAddress start, IpAddress end) {
    public static final int ANY_PROTOCOL = 0;

    public TrafficSelector {
        if (protocol < 0 || protocol > 255) {
            throw new IllegalArgumentException("protocol " + protocol + " is not in 0 to 255");
        }
        if (startPort < 0 || startPort > 0xffff || endPort < 0 || endPort > 0xffff) {
            throw new IllegalArgumentException("ports " + startPort + "-" + endPort + " are not in 0 to 65535");
        }
        boolean opaque = startPort == 0xffff && endPort == 0;
        if (startPort > endPort && !opaque) {
            throw new IllegalArgumentException("port range " + startPort + "-" + endPort + " ends before it starts");
        }
        if (start.version() != end.version()) {
            throw new IllegalArgumentException(start + " and " + end + " are of different IP versions");
        }
        if (start.compareTo(end) > 0) {
            throw new IllegalArgumentException("address range " + start + "-" + end + " ends before it starts");
        }
    }

    /** All protocols and ports of a network. */
    public static TrafficSelector of(IpPrefix prefix) {
        return new TrafficSelector(ANY_PROTOCOL, 0, 0xffff, prefix.first(), prefix.last());
    }

    public static TrafficSelector parse(String cidr) {
        return of(IpPrefix.parse(cidr));
    }

    public boolean isOpaque() {
        return startPort == 0xffff && endPort == 0;
    }

    public boolean anyPort() {
        return startPort == 0 && endPort == 0xffff;
    }

    /** What both selectors allow, or nothing. */
    public Optional<TrafficSelector> intersect(TrafficSelector other) {
        if (start.version() != other.start.version()) {
            return Optional.empty();
        }
        if (protocol != other.protocol && protocol != ANY_PROTOCOL && other.protocol != ANY_PROTOCOL) {
            return Optional.empty();
        }
        int commonProtocol = protocol == ANY_PROTOCOL ? other.protocol : protocol;
        IpAddress first = start.compareTo(other.start) >= 0 ? start : other.start;
        IpAddress last = end.compareTo(other.end) <= 0 ? end : other.end;
        if (first.compareTo(last) > 0) {
            return Optional.empty();
        }
        if (isOpaque() || other.isOpaque()) {
            boolean both = (isOpaque() || anyPort()) && (other.isOpaque() || other.anyPort());
            return both ? Optional.of(new TrafficSelector(commonProtocol, 0xffff, 0, first, last)) : Optional.empty();
        }
        int firstPort = Math.max(startPort, other.startPort);
        int lastPort = Math.min(endPort, other.endPort);
        return firstPort > lastPort
                ? Optional.empty()
                : Optional.of(new TrafficSelector(commonProtocol, firstPort, lastPort, first, last));
    }

    public boolean contains(TrafficSelector other) {
        return intersect(other).filter(other::equals).isPresent();
    }

    public boolean contains(IpAddress address) {
        return address.version() == start.version() && start.compareTo(address) <= 0 && address.compareTo(end) <= 0;
    }

    /** The fewest networks that make up the address range, in order: at most 62 for IPv4, 254 for IPv6. */
    public List<IpPrefix> toPrefixes() {
        List<IpPrefix> prefixes = new ArrayList<>();
        IpAddress at = start;
        while (true) {
            IpPrefix widest = widestPrefixWithin(at, end);
            prefixes.add(widest);
            if (widest.last().equals(end)) {
                return prefixes;
            }
            at = successor(widest.last());
        }
    }

    @Override
    public String toString() {
        IpPrefix widest = widestPrefixWithin(start, end);
        String addresses = widest.last().equals(end) ? widest.toString() : start + "-" + end;
        if (protocol == ANY_PROTOCOL && anyPort()) {
            return addresses;
        }
        String ports =
                isOpaque() ? "/opaque" : anyPort() ? "" : "/" + startPort + (endPort == startPort ? "" : "-" + endPort);
        return addresses + "[" + (protocol == ANY_PROTOCOL ? "any" : protocol) + ports + "]";
    }

    /** The widest network that begins with {@code first} and does not go beyond {@code end}. */
    private static IpPrefix widestPrefixWithin(IpAddress first, IpAddress end) {
        int zeros = first.low() != 0
                ? Long.numberOfTrailingZeros(first.low())
                : 64 + Long.numberOfTrailingZeros(first.high());
        int length = first.bits() - Math.min(zeros, first.bits());
        while (true) {
            IpPrefix candidate = new IpPrefix(first, length);
            if (candidate.last().compareTo(end) <= 0) {
                return candidate;
            }
            length++;
        }
    }

    private static IpAddress successor(IpAddress address) {
        long low = address.low() + 1;
        return new IpAddress(address.version(), address.high() + (low == 0 ? 1 : 0), low);
    }
}
