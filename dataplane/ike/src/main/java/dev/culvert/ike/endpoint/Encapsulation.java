package dev.culvert.ike.endpoint;

/** When ESP is put into UDP (RFC 3948, RFC 7296 §2.23). */
public enum Encapsulation {
    /** Only where a NAT is detected. */
    AUTO,
    /** Always: the peer is made to detect a NAT by a hash that matches nothing, so that it encapsulates too. */
    ALWAYS,
    /** Never, not even behind a NAT; IKE itself still floats to the NAT port. */
    NEVER
}
