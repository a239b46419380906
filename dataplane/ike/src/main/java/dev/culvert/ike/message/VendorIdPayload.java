package dev.culvert.ike.message;

import dev.culvert.wire.WireWriter;

/**
 * Vendor ID (RFC 7296 §3.12).
 *
 * @param data the vendor's constant
 */
public record VendorIdPayload(Bytes data) implements Payload {
    @Override
    public int typeId() {
        return PayloadType.VENDOR_ID.id();
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
