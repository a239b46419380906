package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A data attribute (RFC 2408 §3.3).
 *
 * @param type 15 bits
 * @param basic whether it is written as type and value rather than as type, length and value
 * @param value two octets if {@code basic}; otherwise any number of them, none included
 */
public record Attribute(int type, boolean basic, Bytes value) {
    private static final int FORMAT_TV = 0x8000;
    private static final int MAX_BASIC = 0xffff;

    public Attribute {
        Limits.requireUnsigned("attribute type", type, FORMAT_TV - 1);
        Limits.require(!basic || value.length() == 2, "a basic attribute of " + value.length() + " octets");
        Limits.requireUnsigned("attribute length", value.length(), 0xffff);
    }

    /** A number, in the shortest form: two octets without a length, or four with one. */
    public static Attribute of(int type, long value) {
        Limits.require(value >= 0 && value <= 0xffffffffL, "attribute " + type + " with " + value);
        Bytes octets = Bytes.ofInt((int) value);
        return value <= MAX_BASIC ? new Attribute(type, true, octets.slice(2, 2)) : new Attribute(type, false, octets);
    }

    /** The value as a number of up to 63 bits; empty if it has no octets or is larger. */
    public OptionalLong number() {
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            if (number >>> (Long.SIZE - 1 - Byte.SIZE) != 0) {
                return OptionalLong.empty();
            }
            number = number << Byte.SIZE | value.at(i);
        }
        return OptionalLong.of(number);
    }

    /** Reads attributes that fill {@code in}. */
    static Parsed<List<Attribute>> parseAll(WireReader in) {
        List<Attribute> attributes = new ArrayList<>();
        while (in.hasRemaining()) {
            if (attributes.size() == Limits.MAX_ATTRIBUTES) {
                return Parsed.failed(V1Problem.tooMuch("more than " + Limits.MAX_ATTRIBUTES + " attributes"));
            }
            int type = in.u16();
            boolean basic = (type & FORMAT_TV) != 0;
            Bytes value = Bytes.of(in.bytes(basic ? 2 : in.u16()));
            if (!in.overran()) {
                attributes.add(new Attribute(type & ~FORMAT_TV, basic, value));
            }
        }
        return in.overran()
                ? Parsed.failed(V1Problem.malformed("an attribute is cut short", NotifyType.BAD_PROPOSAL_SYNTAX))
                : Parsed.ok(attributes);
    }

    /** Reads the data of a notification that holds attributes, such as RESPONDER-LIFETIME; empty if it does not. */
    public static List<Attribute> read(Bytes data) {
        return switch (parseAll(WireReader.of(data.toArray()))) {
            case Parsed.Ok<List<Attribute>>(List<Attribute> attributes) -> attributes;
            case Parsed.Failed<List<Attribute>> ignored -> List.of();
        };
    }

    /** Attributes one after the other. */
    public static Bytes encode(List<Attribute> attributes) {
        WireWriter out = new WireWriter();
        attributes.forEach(attribute -> attribute.writeTo(out));
        return Bytes.of(out.toByteArray());
    }

    int encodedLength() {
        return 4 + (basic ? 0 : value.length());
    }

    void writeTo(WireWriter out) {
        if (basic) {
            out.u16(FORMAT_TV | type);
        } else {
            out.u16(type).u16(value.length());
        }
        value.writeTo(out);
    }
}
