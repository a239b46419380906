package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;

/**
 * A payload of a type this package does not read. Kept so that it can be re-encoded and reported; one with
 * {@code critical} set never reaches a decoded message (RFC 7296 §2.5).
 *
 * @param typeId 1 to 255
 * @param critical the C flag of the generic header
 * @param body all behind the generic header
 */
public record UnknownPayload(int typeId, boolean critical, Bytes body) implements Payload {
    public UnknownPayload {
        Limits.require(typeId >= 1 && typeId <= 255, "payload type " + typeId + " is not in 1 to 255");
        Limits.require(PayloadType.byId(typeId).isEmpty(), PayloadType.nameOf(typeId) + " is a known payload");
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
