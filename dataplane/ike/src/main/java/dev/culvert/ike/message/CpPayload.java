package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Configuration (RFC 7296 §3.15).
 *
 * @param cfgType {@link #CFG_REQUEST} to {@link #CFG_ACK}, kept if unknown
 * @param attributes at most 256, in order
 */
public record CpPayload(int cfgType, List<ConfigurationAttribute> attributes) implements Payload {
    public static final int CFG_REQUEST = 1;
    public static final int CFG_REPLY = 2;
    public static final int CFG_SET = 3;
    public static final int CFG_ACK = 4;

    public CpPayload {
        Limits.requireUnsigned("configuration type", cfgType, 0xff);
        Limits.requireUnsigned("number of attributes", attributes.size(), Limits.MAX_CONFIGURATION_ATTRIBUTES);
        attributes = List.copyOf(attributes);
    }

    @Override
    public int typeId() {
        return PayloadType.CP.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        int cfgType = in.u8();
        in.skip(3);
        List<ConfigurationAttribute> attributes = new ArrayList<>();
        while (in.hasRemaining()) {
            if (attributes.size() == Limits.MAX_CONFIGURATION_ATTRIBUTES) {
                return Parsed.failed(Problem.tooMuch("more than " + attributes.size() + " configuration attributes"));
            }
            int type = in.u16() & 0x7fff;
            Bytes value = Bytes.of(in.bytes(in.u16()));
            if (!in.overran()) {
                attributes.add(new ConfigurationAttribute(type, value));
            }
        }
        return in.overran() ? Parsed.malformed("CP is cut short") : Parsed.ok(new CpPayload(cfgType, attributes));
    }

    @Override
    public int bodyLength() {
        return 4
                + attributes.stream()
                        .mapToInt(attribute -> 4 + attribute.value().length())
                        .sum();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(cfgType).zeros(3);
        attributes.forEach(attribute -> {
            out.u16(attribute.type()).u16(attribute.value().length());
            attribute.value().writeTo(out);
        });
    }
}
