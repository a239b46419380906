package dev.culvert.ipsec.translate;

import dev.culvert.wire.IpPrefix;

/**
 * One rule. Addresses of our side are {@code from} at our hosts and {@code to} in the tunnel; the peer's are {@code from}
 * in the tunnel and {@code to} at our hosts.
 *
 * @param from what the network is at home
 * @param to what the other side takes it for; as long as {@code from} unless it is masqueraded
 */
public record Translation(Side side, Type type, IpPrefix from, IpPrefix to) {
    /** Whose network it is. */
    public enum Side {
        LOCAL,
        REMOTE
    }

    /** How addresses are found. */
    public enum Type {
        /** The bits behind the prefix stay (basic NAT, RFC 2663 §4.1.1; RFC 6296 without its checksum-neutral part). */
        ONE_TO_ONE,
        /** Many share few addresses; ports and ICMP identifiers tell them apart (NAPT, RFC 2663 §4.1.2). */
        MASQUERADE
    }

    /** Addresses that masquerading may spread hosts over, as a number of bits. */
    public static final int LONGEST_POOL_BITS = 8;

    public Translation {
        int bits = from.address().bits();
        if (bits != to.address().bits()) {
            throw new IllegalArgumentException(from + " and " + to + " are of different IP versions");
        }
        if (type == Type.ONE_TO_ONE && from.length() != to.length()) {
            throw new IllegalArgumentException(from + " and " + to + " are not of one length");
        }
        if (type == Type.MASQUERADE && (side != Side.LOCAL || bits - to.length() > LONGEST_POOL_BITS)) {
            throw new IllegalArgumentException("only our side is masqueraded, and behind few addresses, not " + to);
        }
    }
}
