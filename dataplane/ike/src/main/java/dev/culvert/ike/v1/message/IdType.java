package dev.culvert.ike.v1.message;

import java.util.Optional;

/** Identification types (RFC 2407 §4.6.2.1). */
public enum IdType {
    IPV4_ADDR(1, 4),
    FQDN(2, 0),
    USER_FQDN(3, 0),
    IPV4_ADDR_SUBNET(4, 8),
    IPV6_ADDR(5, 16),
    IPV6_ADDR_SUBNET(6, 32),
    IPV4_ADDR_RANGE(7, 8),
    IPV6_ADDR_RANGE(8, 32),
    DER_ASN1_DN(9, 0),
    DER_ASN1_GN(10, 0),
    KEY_ID(11, 0),
    /** RFC 3554. */
    LIST(12, 0);

    private final int id;
    private final int length;

    IdType(int id, int length) {
        this.id = id;
        this.length = length;
    }

    public int id() {
        return id;
    }

    /** Whether an identity of this type can have that many octets. */
    boolean isLength(int octets) {
        return length == 0 || length == octets;
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
