package dev.culvert.wire;

/** What carries ESP between two gateways; IKE goes in UDP or in a TCP stream only. */
public enum Carrier {
    /** IP itself, as protocol 50 or, for AH, 51. */
    IP,
    /** Datagrams: IKE on port 500, both of them on port 4500 (RFC 7296 §2.23, RFC 3948). */
    UDP,
    /** A stream that has both of them (RFC 9329). */
    TCP
}
