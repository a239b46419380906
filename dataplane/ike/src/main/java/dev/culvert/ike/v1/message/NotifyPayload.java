package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.Optional;

/**
 * Notification (RFC 2408 §3.14).
 *
 * @param doi {@link Doi#IPSEC} or {@link Doi#ISAKMP}, kept if unknown
 * @param protocolId what it is about: 1 ISAKMP, 2 AH, 3 ESP; kept if unknown
 * @param spi the SPI it is about, 0 to 255 octets: both cookies or nothing for ISAKMP, 4 for AH and ESP
 * @param notifyTypeId 0 to 65535, kept if unknown
 * @param data what the type says; not interpreted
 */
public record NotifyPayload(int doi, int protocolId, Bytes spi, int notifyTypeId, Bytes data) implements V1Payload {
    public NotifyPayload {
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.requireUnsigned("SPI size", spi.length(), 0xff);
        Limits.requireUnsigned("notify type", notifyTypeId, 0xffff);
    }

    /**
     * About an ISAKMP SA.
     *
     * @param cookies both, the initiator's first: {@link IsakmpHeader#cookies}
     */
    public static NotifyPayload ofIsakmp(NotifyType type, Bytes cookies, Bytes data) {
        return new NotifyPayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies, type.id(), data);
    }

    /** About no SA that could be named: during phase 1, or about an offer. */
    public static NotifyPayload of(NotifyType type, int protocolId) {
        return new NotifyPayload(Doi.IPSEC, protocolId, Bytes.EMPTY, type.id(), Bytes.EMPTY);
    }

    /**
     * About one SA of phase 2.
     *
     * @param protocolId {@link ProtocolId#ESP} or {@link ProtocolId#AH}
     */
    public static NotifyPayload aboutChild(NotifyType type, int protocolId, int spi, Bytes data) {
        return new NotifyPayload(Doi.IPSEC, protocolId, Bytes.ofInt(spi), type.id(), data);
    }

    public Optional<NotifyType> type() {
        return NotifyType.byId(notifyTypeId);
    }

    public boolean is(NotifyType type) {
        return notifyTypeId == type.id();
    }

    public boolean isError() {
        return NotifyType.isError(notifyTypeId);
    }

    @Override
    public int typeId() {
        return PayloadType.NOTIFY.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int doi = in.int32();
        int protocol = in.u8();
        int spiSize = in.u8();
        int type = in.u16();
        Bytes spi = Bytes.of(in.bytes(spiSize));
        Bytes data = Bytes.of(in.rest());
        return in.overran()
                ? Parsed.malformed("a notification is cut short")
                : Parsed.ok(new NotifyPayload(doi, protocol, spi, type, data));
    }

    @Override
    public int bodyLength() {
        return 8 + spi.length() + data.length();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.int32(doi).u8(protocolId).u8(spi.length()).u16(notifyTypeId);
        spi.writeTo(out);
        data.writeTo(out);
    }
}
