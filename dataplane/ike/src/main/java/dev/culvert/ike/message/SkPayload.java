package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;

/**
 * Encrypted and Authenticated (RFC 7296 §3.14), still closed. Made by decoding only: encoding a protected message goes
 * through {@link IkeMessage}.
 *
 * @param firstPayloadType type of the first payload inside, 0 if there is none
 * @param body initialization vector, ciphertext and integrity check value
 */
public record SkPayload(int firstPayloadType, Bytes body) implements Payload {
    public SkPayload {
        Limits.requireUnsigned("payload type", firstPayloadType, 0xff);
    }

    @Override
    public int typeId() {
        return PayloadType.SK.id();
    }

    @Override
    public int bodyLength() {
        return body.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        body.writeTo(out);
    }
}
