package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Extensible Authentication Protocol (RFC 7296 §3.16). Opaque here.
 *
 * @param message one EAP message (RFC 3748 §4)
 */
public record EapPayload(Bytes message) implements Payload {
    @Override
    public int typeId() {
        return PayloadType.EAP.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        // RFC 3748 §4: code, identifier, 16-bit length of all
        return in.remaining() < 4
                ? Parsed.malformed("EAP message of " + in.remaining() + " octets")
                : Parsed.ok(new EapPayload(Bytes.of(in.rest())));
    }

    @Override
    public int bodyLength() {
        return message.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        message.writeTo(out);
    }
}
