package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Key Exchange (RFC 7296 §3.4). Whether {@code data} has the method's length and is a valid public value is checked where
 * the key exchange is computed.
 *
 * @param method key exchange method, "Diffie-Hellman Group Num", 0 to 65535
 * @param data the sender's public value
 */
public record KePayload(int method, Bytes data) implements Payload {
    public KePayload {
        Limits.requireUnsigned("key exchange method", method, 0xffff);
    }

    @Override
    public int typeId() {
        return PayloadType.KE.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        int method = in.u16();
        in.skip(2);
        Bytes data = Bytes.of(in.rest());
        return in.overran() ? Parsed.malformed("KE is cut short") : Parsed.ok(new KePayload(method, data));
    }

    @Override
    public int bodyLength() {
        return 4 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u16(method).u16(0);
        data.writeTo(out);
    }
}
