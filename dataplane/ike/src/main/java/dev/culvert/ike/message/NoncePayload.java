package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Nonce (RFC 7296 §3.9).
 *
 * @param data 16 to 256 octets
 */
public record NoncePayload(Bytes data) implements Payload {
    public static final int MIN_LENGTH = 16;
    public static final int MAX_LENGTH = 256;

    public NoncePayload {
        Limits.require(isLength(data.length()), "a nonce has 16 to 256 octets, not " + data.length());
    }

    @Override
    public int typeId() {
        return PayloadType.NONCE.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        Bytes data = Bytes.of(in.rest());
        return isLength(data.length())
                ? Parsed.ok(new NoncePayload(data))
                : Parsed.malformed("a nonce of " + data.length() + " octets, not of 16 to 256");
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
