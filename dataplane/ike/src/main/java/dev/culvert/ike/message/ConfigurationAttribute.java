package dev.culvert.ike.message;

/**
 * A configuration attribute (RFC 7296 §3.15.1). Values are not interpreted.
 *
 * @param type 15 bits
 * @param value 0 to 65535 octets
 */
public record ConfigurationAttribute(int type, Bytes value) {
    public static final int INTERNAL_IP4_ADDRESS = 1;
    public static final int INTERNAL_IP4_NETMASK = 2;
    public static final int INTERNAL_IP4_DNS = 3;
    public static final int INTERNAL_IP6_ADDRESS = 8;
    public static final int INTERNAL_IP6_DNS = 10;
    public static final int INTERNAL_IP4_SUBNET = 13;
    public static final int SUPPORTED_ATTRIBUTES = 14;
    public static final int INTERNAL_IP6_SUBNET = 15;

    public ConfigurationAttribute {
        Limits.requireUnsigned("attribute type", type, 0x7fff);
        Limits.requireUnsigned("attribute length", value.length(), 0xffff);
    }
}
