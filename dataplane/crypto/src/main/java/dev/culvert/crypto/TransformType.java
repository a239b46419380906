package dev.culvert.crypto;

import java.util.Optional;

/** Transform types of an SA payload under their IANA numbers (RFC 7296 §3.3.2, RFC 9370 for 6 to 12). */
public enum TransformType {
    ENCRYPTION(1),
    PRF(2),
    INTEGRITY(3),
    KEY_EXCHANGE(4),
    EXTENDED_SEQUENCE_NUMBERS(5),
    /** RFC 9370 §2.2.1: a method of type 4, or NONE. */
    ADDITIONAL_KEY_EXCHANGE_1(6),
    ADDITIONAL_KEY_EXCHANGE_2(7),
    ADDITIONAL_KEY_EXCHANGE_3(8),
    ADDITIONAL_KEY_EXCHANGE_4(9),
    ADDITIONAL_KEY_EXCHANGE_5(10),
    ADDITIONAL_KEY_EXCHANGE_6(11),
    ADDITIONAL_KEY_EXCHANGE_7(12);

    private final int id;

    TransformType(int id) {
        this.id = id;
    }

    /** The IANA number, as on the wire. */
    public int id() {
        return id;
    }

    public static Optional<TransformType> byId(int id) {
        return Ids.find(values(), TransformType::id, id);
    }
}
