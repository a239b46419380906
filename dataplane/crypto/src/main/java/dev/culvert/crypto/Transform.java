package dev.culvert.crypto;

import java.util.List;

/**
 * A transform as it stands on the wire (RFC 7296 §3.3.2). Unknown types, IDs and attributes survive; a transform with
 * an unknown attribute never matches a configured one (§3.3.6).
 *
 * @param type 0 to 255; {@link TransformType} names the known ones
 * @param id 0 to 65535
 * @param keyLengthBits the Key Length attribute; 0 when it is absent. An attribute whose value is 0 belongs into
 *     {@code otherAttributes}.
 * @param otherAttributes every attribute but Key Length, in order
 */
public record Transform(int type, int id, int keyLengthBits, List<TransformAttribute> otherAttributes) {
    /** NONE of the integrity and key exchange types. */
    public static final int ID_NONE = 0;

    public static final Transform NO_ESN = of(TransformType.EXTENDED_SEQUENCE_NUMBERS, 0);
    public static final Transform ESN = of(TransformType.EXTENDED_SEQUENCE_NUMBERS, 1);

    public Transform {
        if (type < 0 || type > 0xff || id < 0 || id > 0xffff || keyLengthBits < 0 || keyLengthBits > 0xffff) {
            throw new IllegalArgumentException(
                    "transform type " + type + " id " + id + " key length " + keyLengthBits + " does not fit the wire");
        }
        otherAttributes = List.copyOf(otherAttributes);
    }

    public Transform(int type, int id, int keyLengthBits) {
        this(type, id, keyLengthBits, List.of());
    }

    public static Transform of(TransformType type, int id) {
        return new Transform(type.id(), id, 0);
    }

    /** The transform of an algorithm with a key of that many bits; the attribute is left out where the RFC says so. */
    public static Transform of(EncryptionAlgorithm algorithm, int keyLengthBits) {
        if (!algorithm.keyLengthsBits().contains(keyLengthBits)) {
            throw new IllegalArgumentException(
                    algorithm + " has no key of " + keyLengthBits + " bits, only " + algorithm.keyLengthsBits());
        }
        return new Transform(
                TransformType.ENCRYPTION.id(), algorithm.id(), algorithm.hasKeyLengthAttribute() ? keyLengthBits : 0);
    }

    public static Transform of(PrfAlgorithm algorithm) {
        return of(TransformType.PRF, algorithm.id());
    }

    public static Transform of(IntegrityAlgorithm algorithm) {
        return of(TransformType.INTEGRITY, algorithm.id());
    }

    public static Transform of(KeyExchangeMethod method) {
        return of(TransformType.KEY_EXCHANGE, method.id());
    }

    public boolean is(TransformType wanted) {
        return type == wanted.id();
    }

    /** NONE of a type that has it: no integrity algorithm, no key exchange. */
    public boolean isNone() {
        return id == ID_NONE && !is(TransformType.EXTENDED_SEQUENCE_NUMBERS);
    }

    /** strongSwan's keyword, or the numbers of an unknown transform. */
    @Override
    public String toString() {
        return Keywords.print(this);
    }
}
