package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;

/**
 * SIG (RFC 2408 §3.12). In which form depends on the key (RFC 2409 §5.1, RFC 4754 §3).
 *
 * @param data the signature
 */
public record SigPayload(Bytes data) implements V1Payload {
    @Override
    public int typeId() {
        return PayloadType.SIG.id();
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
