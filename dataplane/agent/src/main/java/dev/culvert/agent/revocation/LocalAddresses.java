package dev.culvert.agent.revocation;

import dev.culvert.wire.IpAddress;
import dev.culvert.wire.IpPrefix;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses that mean this host, its link, or the services that clouds keep for their machines; none of them is where an
 * authority publishes anything (RFC 6890).
 */
final class LocalAddresses {
    private static final List<IpPrefix> NETWORKS = List.of(
            IpPrefix.parse("0.0.0.0/8"),
            IpPrefix.parse("127.0.0.0/8"),
            // link-local, 169.254.169.254 of most clouds in it
            IpPrefix.parse("169.254.0.0/16"),
            // metadata of Alibaba, Azure and Oracle
            IpPrefix.parse("100.100.100.200/32"),
            IpPrefix.parse("168.63.129.16/32"),
            IpPrefix.parse("192.0.0.192/32"),
            // multicast, reserved, broadcast
            IpPrefix.parse("224.0.0.0/4"),
            IpPrefix.parse("240.0.0.0/4"),
            // unspecified, loopback, IPv4-compatible
            IpPrefix.parse("::/96"),
            IpPrefix.parse("fe80::/10"),
            IpPrefix.parse("fec0::/10"),
            IpPrefix.parse("ff00::/8"),
            // metadata of AWS and Google
            IpPrefix.parse("fd00:ec2::/32"),
            IpPrefix.parse("fd20:ce::254/128"));

    /** RFC 6052 §2.1: an IPv4 address is in the last four octets. */
    private static final IpPrefix NAT64 = IpPrefix.parse("64:ff9b::/96");

    /** RFC 3056 §2: one is in the octets from the third on. */
    private static final IpPrefix SIX_TO_FOUR = IpPrefix.parse("2002::/16");

    private LocalAddresses() {}

    static boolean contains(IpAddress address) {
        if (NAT64.contains(address)) {
            return contains(embedded(address, 12));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return contains(embedded(address, 2));
        }
        return NETWORKS.stream().anyMatch(network -> network.contains(address));
    }

    private static IpAddress embedded(IpAddress address, int offset) {
        return IpAddress.of(Arrays.copyOfRange(address.toBytes(), offset, offset + 4));
    }
}
