package dev.culvert.ike.message;

import dev.culvert.wire.TrafficSelector;

/** One traffic selector of TSi or TSr (RFC 7296 §3.13.1). */
public sealed interface TsEntry {
    /** TS_IPV4_ADDR_RANGE. */
    int TS_IPV4_ADDR_RANGE = 7;
    /** TS_IPV6_ADDR_RANGE. */
    int TS_IPV6_ADDR_RANGE = 8;

    /** A range of IPv4 or IPv6 addresses. */
    record Selector(TrafficSelector selector) implements TsEntry {}

    /**
     * A selector that matches nothing here: of another type, or a range that ends before it starts. It is kept, and left
     * out when selectors are narrowed.
     *
     * @param type TS type, 0 to 255
     * @param protocol the octet behind the type, an IP protocol in the known types
     * @param body all behind the selector's length field
     */
    record Unusable(int type, int protocol, Bytes body) implements TsEntry {
        public Unusable {
            Limits.requireUnsigned("traffic selector type", type, 0xff);
            Limits.requireUnsigned("protocol", protocol, 0xff);
        }
    }
}
