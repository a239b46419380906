package dev.culvert.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/** A transform attribute other than Key Length, kept so that it can be encoded again (RFC 7296 §3.3.5). */
public final class TransformAttribute {
    /** Attribute Format: type/value rather than type/length/value. */
    public static final int FORMAT_TV = 0x8000;

    private final int type;
    private final byte[] value;

    /**
     * @param type the 16 bits on the wire, the AF bit (0x8000) included: with it the value has two octets and no length
     * @param value copied
     */
    public TransformAttribute(int type, byte[] value) {
        if (type < 0 || type > 0xffff) {
            throw new IllegalArgumentException("attribute type " + type + " does not fit 16 bits");
        }
        if ((type & FORMAT_TV) != 0 ? value.length != 2 : value.length > 0xffff) {
            throw new IllegalArgumentException("attribute " + type + " with " + value.length + " octets");
        }
        this.type = type;
        this.value = value.clone();
    }

    /** The 16 bits on the wire, the AF bit included. */
    public int type() {
        return type;
    }

    /** A copy. */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransformAttribute that && type == that.type && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "attribute " + (type & ~FORMAT_TV) + "=" + HexFormat.of().formatHex(value);
    }
}
