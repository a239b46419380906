package dev.culvert.wire;

/** IP protocol numbers and IPv6 extension headers (IANA "Assigned Internet Protocol Numbers") that occur here. */
public final class IpProtocol {
    public static final int HOP_BY_HOP = 0;
    public static final int ICMP = 1;
    /** IPv4 within IP: ESP's next header in tunnel mode (RFC 4303 §2.6). */
    public static final int IPV4 = 4;

    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int DCCP = 33;
    /** IPv6 within IP: ESP's next header in tunnel mode. */
    public static final int IPV6 = 41;

    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int GRE = 47;
    public static final int ESP = 50;
    public static final int AH = 51;
    public static final int ICMPV6 = 58;
    /** No next header: an ESP dummy packet (RFC 4303 §2.6). */
    public static final int NONE = 59;

    public static final int DESTINATION_OPTIONS = 60;
    public static final int SCTP = 132;
    public static final int MOBILITY = 135;
    public static final int UDP_LITE = 136;

    private IpProtocol() {}
}
