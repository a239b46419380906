package dev.culvert.ipsec.mtu;

/** What became of a {@link TooBigReport}. */
public enum TooBigVerdict {
    /** It is about no packet of ours, or about one that the path may fragment: it changes nothing. */
    NOT_OURS,
    /** It says nothing new. */
    KNOWN,
    /** The path's MTU is smaller than was known. */
    LOWERED
}
