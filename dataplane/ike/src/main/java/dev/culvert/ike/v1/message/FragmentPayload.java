package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;

/**
 * A piece of a message with its header ([MS-IKEE] §2.2.3.1 "Fragment Payload"; Cisco's are the same). It stands alone in a
 * message that has the cookies of the whole one.
 *
 * @param id 0 to 65535, the same in all pieces of a message
 * @param number from 1 to 255
 * @param last whether it is the last piece
 * @param data not empty
 */
public record FragmentPayload(int id, int number, boolean last, Bytes data) implements V1Payload {
    static final int OVERHEAD = V1Payload.HEADER_LENGTH + 4;

    private static final int FLAG_LAST = 0x01;

    public FragmentPayload {
        Limits.requireUnsigned("fragment ID", id, 0xffff);
        Limits.require(number >= 1 && number <= 255, "fragment number " + number + " is not in 1 to 255");
        Limits.require(!data.isEmpty(), "a fragment without content");
    }

    @Override
    public int typeId() {
        return PayloadType.FRAGMENT.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int id = in.u16();
        int number = in.u8();
        int flags = in.u8();
        Bytes data = Bytes.of(in.rest());
        return in.overran() || number == 0 || data.isEmpty()
                ? Parsed.malformed("fragment " + number + " with " + data.length() + " octets")
                : Parsed.ok(new FragmentPayload(id, number, (flags & FLAG_LAST) != 0, data));
    }

    @Override
    public int bodyLength() {
        return 4 + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u16(id).u8(number).u8(last ? FLAG_LAST : 0);
        data.writeTo(out);
    }
}
