package dev.culvert.ike.message;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * Notify (RFC 7296 §3.10).
 *
 * @param protocolId 0 without SPI; 2 AH or 3 ESP when it is about a child SA; kept if unknown
 * @param spi the SPI it is about, 0 to 255 octets: empty, or 4 for AH and ESP
 * @param notifyTypeId 0 to 65535, kept if unknown
 * @param data what the type says; not interpreted
 */
public record NotifyPayload(int protocolId, Bytes spi, int notifyTypeId, Bytes data) implements Payload {
    public NotifyPayload {
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.requireUnsigned("SPI size", spi.length(), 0xff);
        Limits.requireUnsigned("notify type", notifyTypeId, 0xffff);
    }

    public static NotifyPayload of(NotifyType type) {
        return of(type, Bytes.EMPTY);
    }

    public static NotifyPayload of(NotifyType type, Bytes data) {
        return new NotifyPayload(ProtocolId.NONE, Bytes.EMPTY, type.id(), data);
    }

    /** About one child SA, as REKEY_SA and CHILD_SA_NOT_FOUND are. */
    public static NotifyPayload aboutEsp(NotifyType type, int spi) {
        return aboutChild(type, SecurityProtocol.ESP, spi);
    }

    /** The same for either protocol of child SAs. */
    public static NotifyPayload aboutChild(NotifyType type, SecurityProtocol protocol, int spi) {
        return new NotifyPayload(protocol.id(), Bytes.ofInt(spi), type.id(), Bytes.EMPTY);
    }

    /** INVALID_KE_PAYLOAD with the method that is wanted. */
    public static NotifyPayload invalidKe(int method) {
        return of(NotifyType.INVALID_KE_PAYLOAD, Bytes.ofInt(method).slice(2, 2));
    }

    public Optional<NotifyType> type() {
        return NotifyType.byId(notifyTypeId);
    }

    public boolean is(NotifyType type) {
        return notifyTypeId == type.id();
    }

    /** Whether it says that a request failed; unknown errors count (RFC 7296 §3.10.1). */
    public boolean isError() {
        return notifyTypeId < NotifyType.FIRST_STATUS;
    }

    @Override
    public int typeId() {
        return PayloadType.NOTIFY.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        int protocol = in.u8();
        int spiSize = in.u8();
        int type = in.u16();
        Bytes spi = Bytes.of(in.bytes(spiSize));
        Bytes data = Bytes.of(in.rest());
        return in.overran()
                ? Parsed.malformed("Notify is cut short")
                : Parsed.ok(new NotifyPayload(protocol, spi, type, data));
    }

    @Override
    public int bodyLength() {
        return 4 + spi.length() + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(protocolId).u8(spi.length()).u16(notifyTypeId);
        spi.writeTo(out);
        data.writeTo(out);
    }
}
