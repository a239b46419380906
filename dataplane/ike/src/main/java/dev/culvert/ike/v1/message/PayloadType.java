package dev.culvert.ike.v1.message;

import java.util.Optional;

/** Payload types that this package reads (RFC 2408 §3.1, RFC 3947 §3.2 and §5.2, and what vendors use). */
public enum PayloadType {
    SA(1, "SA"),
    KE(4, "KE"),
    ID(5, "ID"),
    CERT(6, "CERT"),
    CERTREQ(7, "CERTREQ"),
    HASH(8, "HASH"),
    SIG(9, "SIG"),
    NONCE(10, "NONCE"),
    NOTIFY(11, "N"),
    DELETE(12, "D"),
    VENDOR_ID(13, "VID"),
    NAT_D(20, "NAT-D"),
    NAT_OA(21, "NAT-OA"),
    /** draft-ietf-ipsec-nat-t-ike-02 and -03. */
    NAT_D_DRAFT(130, "NAT-D"),
    /** draft-ietf-ipsec-nat-t-ike-02 and -03. */
    NAT_OA_DRAFT(131, "NAT-OA"),
    /** Of Cisco and Microsoft ([MS-IKEE] §2.2.3.1 "Fragment Payload"). */
    FRAGMENT(132, "FRAGMENT");

    /** The next-payload value that ends a chain. */
    public static final int NO_NEXT_PAYLOAD = 0;
    /** Within SA payloads only. */
    static final int PROPOSAL = 2;
    /** Within proposals only. */
    static final int TRANSFORM = 3;

    private static final int LAST_ASSIGNED = 22;
    private static final int FIRST_PRIVATE = 128;

    private final int id;
    private final String notation;

    PayloadType(int id, String notation) {
        this.id = id;
        this.notation = notation;
    }

    public int id() {
        return id;
    }

    /** As the RFCs write it: {@code NAT-D}, {@code CERTREQ}. */
    public String notation() {
        return notation;
    }

    public static Optional<PayloadType> byId(int id) {
        for (PayloadType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a payload with this number, known here or not, can stand in a message: IANA assigned up to 22, private use
     * begins at 128. The numbers between belong to nobody, or to IKEv2.
     */
    static boolean isPayload(int id) {
        return id >= FIRST_PRIVATE || (id >= 1 && id <= LAST_ASSIGNED && id != PROPOSAL && id != TRANSFORM);
    }

    /** A name for people: {@code NAT-D}, {@code payload 200}. */
    public static String nameOf(int id) {
        return byId(id).map(PayloadType::notation).orElse("payload " + id);
    }
}
