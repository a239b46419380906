package dev.culvert.ike.message;

import java.util.Optional;

/** Payload types that this package reads (RFC 7296 §3.2, IANA "IKEv2 Payload Types"). */
public enum PayloadType {
    SA(33, "SA"),
    KE(34, "KE"),
    IDI(35, "IDi"),
    IDR(36, "IDr"),
    CERT(37, "CERT"),
    CERTREQ(38, "CERTREQ"),
    AUTH(39, "AUTH"),
    NONCE(40, "Nonce"),
    NOTIFY(41, "N"),
    DELETE(42, "D"),
    VENDOR_ID(43, "V"),
    TSI(44, "TSi"),
    TSR(45, "TSr"),
    SK(46, "SK"),
    CP(47, "CP"),
    EAP(48, "EAP"),
    /** RFC 7383 §2.5. */
    SKF(53, "SKF");

    /** The next-payload value that ends a chain. */
    public static final int NO_NEXT_PAYLOAD = 0;

    private final int id;
    private final String notation;

    PayloadType(int id, String notation) {
        this.id = id;
        this.notation = notation;
    }

    public int id() {
        return id;
    }

    /** As the RFCs write it: {@code TSi}, {@code CERTREQ}. */
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

    /** Whether {@code id} belongs to IKEv1, which shares no numbers with IKEv2 (RFC 7296 §3.2: 1 to 32). */
    public static boolean isIkeV1(int id) {
        return id >= 1 && id <= 32;
    }

    /** A name for people: {@code TSi}, {@code payload 200}. */
    public static String nameOf(int id) {
        return byId(id).map(PayloadType::notation).orElse("payload " + id);
    }
}
