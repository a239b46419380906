package dev.culvert.ike.message;

import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * Encrypted and Authenticated Fragment (RFC 7383 §2.5), still closed.
 *
 * @param firstPayloadType type of the first payload of the whole message in fragment 1, 0 in the others
 * @param fragmentNumber 1 to {@code totalFragments}
 * @param totalFragments 1 to 65535
 * @param body initialization vector, ciphertext and integrity check value
 */
public record SkfPayload(int firstPayloadType, int fragmentNumber, int totalFragments, Bytes body) implements Payload {
    /** Octets of fragment number and total. */
    static final int FRAGMENT_HEADER_LENGTH = 4;

    public SkfPayload {
        Limits.requireUnsigned("payload type", firstPayloadType, 0xff);
        Limits.requireUnsigned("total fragments", totalFragments, 0xffff);
        Limits.require(
                fragmentNumber >= 1 && fragmentNumber <= totalFragments,
                "fragment " + fragmentNumber + " of " + totalFragments);
    }

    @Override
    public int typeId() {
        return PayloadType.SKF.id();
    }

    static Parsed<Payload> parse(int firstPayloadType, WireReader in) {
        int number = in.u16();
        int total = in.u16();
        Bytes body = Bytes.of(in.rest());
        if (in.overran()) {
            return Parsed.malformed("SKF is cut short");
        }
        return number >= 1 && number <= total
                ? Parsed.ok(new SkfPayload(firstPayloadType, number, total, body))
                : Parsed.malformed("fragment " + number + " of " + total);
    }

    @Override
    public int bodyLength() {
        return FRAGMENT_HEADER_LENGTH + body.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u16(fragmentNumber).u16(totalFragments);
        body.writeTo(out);
    }
}
