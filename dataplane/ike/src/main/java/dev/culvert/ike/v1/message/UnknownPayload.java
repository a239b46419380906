package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;

/**
 * A payload of a type this package does not read, assigned by IANA or private. Kept so that it can be re-encoded and
 * reported.
 *
 * @param typeId 1 to 22 or 128 to 255
 * @param body all behind the generic header
 */
public record UnknownPayload(int typeId, Bytes body) implements V1Payload {
    /** Attributes of mode configuration and XAUTH. */
    public static final int ATTRIBUTES = 14;

    public UnknownPayload {
        Limits.require(
                typeId <= 255 && PayloadType.isPayload(typeId),
                "payload type " + typeId + " has no place in a message");
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
