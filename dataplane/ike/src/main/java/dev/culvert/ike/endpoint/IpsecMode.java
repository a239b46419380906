package dev.culvert.ike.endpoint;

/** RFC 4301 §3.2. */
public enum IpsecMode {
    TUNNEL,
    TRANSPORT
}
