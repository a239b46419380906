package dev.culvert.ipsec.mtu;

/**
 * The DF bit of the outer IPv4 header in tunnel mode (RFC 4301 §8.1). Over IPv6 no router fragments, so that all of them
 * come to the same there.
 */
public enum DontFragment {
    /** The path may fragment what is too long for it. */
    CLEAR,
    /** The inner packet's bit; an IPv6 packet, which no router may fragment, has it. */
    COPY,
    /** The path never fragments. */
    SET
}
