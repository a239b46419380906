package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Nonce (RFC 2408 §3.13).
 *
 * @param data 8 to 256 octets (RFC 2409 §5)
 */
public record NoncePayload(Bytes data) implements V1Payload {
    private static final int MIN_LENGTH = 8;
    private static final int MAX_LENGTH = 256;

    public NoncePayload {
        Limits.require(isLength(data.length()), "a nonce of " + data.length() + " octets");
    }

    @Override
    public int typeId() {
        return PayloadType.NONCE.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        Bytes data = Bytes.of(in.rest());
        return isLength(data.length())
                ? Parsed.ok(new NoncePayload(data))
                : Parsed.malformed("a nonce of " + data.length() + " octets");
    }

    private static boolean isLength(int length) {
        return length >= MIN_LENGTH && length <= MAX_LENGTH;
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
