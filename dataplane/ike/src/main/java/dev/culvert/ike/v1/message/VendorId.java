package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import java.util.Optional;

/** Vendor IDs with a meaning. Some peers append a version or flags: one is recognised by the octets it begins with. */
public enum VendorId {
    /** MD5("RFC 3947"): NAT traversal. */
    NAT_T_RFC_3947("4a131c81070358455c5728f20e95452f", ""),
    /** MD5("draft-ietf-ipsec-nat-t-ike-03"): the same with other payload and mode numbers. */
    NAT_T_DRAFT_03("7d9419a65310ca6f2c179d9215529d56", ""),
    /** MD5("draft-ietf-ipsec-nat-t-ike-02\n"), as the draft itself prints it. */
    NAT_T_DRAFT_02_NEWLINE("90cb80913ebb696e086381b5ec427b1f", ""),
    /** MD5("draft-ietf-ipsec-nat-t-ike-02"). */
    NAT_T_DRAFT_02("cd60464335df21f87cfdb2fc68b6a448", ""),
    /** Dead peer detection (RFC 3706 §5.1); its version follows, 1.0. */
    DPD("afcad71368a1f1c96b8696fc7757", "0100"),
    /**
     * MD5("FRAGMENTATION"): messages may be cut into FRAGMENT payloads. Four octets of flags may follow: 0x80000000 in
     * main mode, 0x40000000 in aggressive mode.
     */
    FRAGMENTATION("4048b7d56ebce88525e7de7f00d6c2d3", "80000000"),
    /** draft-ietf-ipsec-isakmp-xauth-06: recognised, to say that it is not spoken. */
    XAUTH("09002689dfd6b712", ""),
    /** Cisco Unity; its version follows, 1.0. Recognised only. */
    CISCO_UNITY("12f5f28c457168a9702d9fe274cc", "0100");

    private final String prefix;
    private final String rest;

    /** Both in hexadecimal digits. */
    VendorId(String prefix, String rest) {
        this.prefix = prefix;
        this.rest = rest;
    }

    /** The whole vendor ID, as we send it. */
    public Bytes data() {
        return Bytes.ofHex(prefix + rest);
    }

    /** Whether it offers NAT traversal as the drafts before RFC 3947 have it. */
    public boolean isNatDraft() {
        return this == NAT_T_DRAFT_03 || this == NAT_T_DRAFT_02_NEWLINE || this == NAT_T_DRAFT_02;
    }

    /** Which one begins these octets. */
    public static Optional<VendorId> of(Bytes octets) {
        String hex = octets.toHex();
        for (VendorId id : values()) {
            if (hex.startsWith(id.prefix)) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }
}
