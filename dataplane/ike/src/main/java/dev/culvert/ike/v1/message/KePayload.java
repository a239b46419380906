package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;

/**
 * Key Exchange (RFC 2408 §3.7). The group is that of the SA; whether {@code data} has its length and is a valid public
 * value is checked where the key exchange is computed.
 *
 * @param data the sender's public value
 */
public record KePayload(Bytes data) implements V1Payload {
    @Override
    public int typeId() {
        return PayloadType.KE.id();
    }

    @Override
    public int bodyLength() {
        return data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        data.writeTo(out);
    }
}
