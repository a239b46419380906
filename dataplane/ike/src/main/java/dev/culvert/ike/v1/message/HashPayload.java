package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;

/**
 * HASH (RFC 2408 §3.11). Over what it is computed depends on the exchange (RFC 2409 §5).
 *
 * @param data octets as long as the PRF gives
 */
public record HashPayload(Bytes data) implements V1Payload {
    @Override
    public int typeId() {
        return PayloadType.HASH.id();
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
