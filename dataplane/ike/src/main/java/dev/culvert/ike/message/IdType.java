package dev.culvert.ike.message;

import java.util.Optional;

/** IANA "IKEv2 Identification Payload ID Types" (RFC 7296 §3.5). */
public enum IdType {
    IPV4_ADDR(1),
    FQDN(2),
    RFC822_ADDR(3),
    IPV6_ADDR(5),
    DER_ASN1_DN(9),
    DER_ASN1_GN(10),
    KEY_ID(11),
    /** RFC 4595. */
    FC_NAME(12),
    /** RFC 7619 §2.2. */
    NULL(13);

    private final int id;

    IdType(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    public static Optional<IdType> byId(int id) {
        for (IdType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
