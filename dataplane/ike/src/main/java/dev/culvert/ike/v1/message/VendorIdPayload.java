package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/** Vendor ID (RFC 2408 §3.16): whatever identifies a vendor or an extension; {@link VendorId} knows some. */
public record VendorIdPayload(Bytes data) implements V1Payload {
    public static VendorIdPayload of(VendorId id) {
        return new VendorIdPayload(id.data());
    }

    /** Which of the known ones this is. */
    public Optional<VendorId> known() {
        return VendorId.of(data);
    }

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
