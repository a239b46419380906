package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;

/** IDi or IDr (RFC 7296 §3.5). */
public sealed interface IdPayload extends Payload permits IdiPayload, IdrPayload {
    Identification identification();

    /** The 24 reserved bits as received: they are part of what AUTH signs. Zero when sent. */
    int reserved();

    /** The payload without its generic header: RestOfInitIDPayload and RestOfRespIDPayload of RFC 7296 §2.15. */
    default Bytes restOfPayload() {
        WireWriter out = new WireWriter(bodyLength());
        writeBodyTo(out);
        return Bytes.of(out.toByteArray());
    }

    @Override
    default int bodyLength() {
        return 4 + identification().data().length();
    }

    @Override
    default void writeBodyTo(WireWriter out) {
        out.u8(identification().typeId()).u8(reserved() >>> 16).u16(reserved() & 0xffff);
        identification().data().writeTo(out);
    }
}
