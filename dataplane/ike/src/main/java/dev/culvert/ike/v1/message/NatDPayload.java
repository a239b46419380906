package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;

/**
 * NAT discovery (RFC 3947 §3.2): the hash of both cookies, an address and a port. The first one is of the receiver's, those
 * behind of the sender's.
 *
 * @param draft whether under the number of the drafts before the RFC
 */
public record NatDPayload(boolean draft, Bytes hash) implements V1Payload {
    @Override
    public int typeId() {
        return (draft ? PayloadType.NAT_D_DRAFT : PayloadType.NAT_D).id();
    }

    @Override
    public int bodyLength() {
        return hash.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        hash.writeTo(out);
    }
}
