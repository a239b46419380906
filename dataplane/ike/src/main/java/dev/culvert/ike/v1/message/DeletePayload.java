package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Delete (RFC 2408 §3.15).
 *
 * @param doi {@link Doi#IPSEC} or {@link Doi#ISAKMP}, kept if unknown
 * @param protocolId 1 ISAKMP, 2 AH, 3 ESP; kept if unknown
 * @param spiSize octets of each SPI: 16 for ISAKMP (both cookies), 4 for AH and ESP
 * @param spis for AH and ESP the sender's inbound SPIs; at most 1024
 */
public record DeletePayload(int doi, int protocolId, int spiSize, List<Bytes> spis) implements V1Payload {
    private static final int COOKIES = 2 * Long.BYTES;

    public DeletePayload {
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.requireUnsigned("SPI size", spiSize, 0xff);
        Limits.requireUnsigned("number of SPIs", spis.size(), Limits.MAX_DELETED_SPIS);
        int size = spiSize;
        Limits.require(spis.stream().allMatch(spi -> spi.length() == size), "an SPI has not " + spiSize + " octets");
        spis = List.copyOf(spis);
    }

    /**
     * An ISAKMP SA.
     *
     * @param cookies both, the initiator's first: {@link IsakmpHeader#cookies}
     */
    public static DeletePayload ofIsakmp(Bytes cookies) {
        return new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, COOKIES, List.of(cookies));
    }

    /**
     * SAs of phase 2.
     *
     * @param protocolId {@link ProtocolId#ESP} or {@link ProtocolId#AH}
     */
    public static DeletePayload ofChildren(int protocolId, List<Integer> spis) {
        return new DeletePayload(
                Doi.IPSEC, protocolId, 4, spis.stream().map(Bytes::ofInt).toList());
    }

    /** Whether it deletes the ISAKMP SA of these cookies. */
    public boolean deletes(Bytes cookies) {
        return protocolId == ProtocolId.ISAKMP && spis.contains(cookies);
    }

    /** The SPIs of a Delete for AH or ESP as numbers; empty for any other. */
    public List<Integer> childSpis() {
        boolean child = protocolId == ProtocolId.AH || protocolId == ProtocolId.ESP;
        return child && spiSize == 4 ? spis.stream().map(spi -> spi.u32(0)).toList() : List.of();
    }

    @Override
    public int typeId() {
        return PayloadType.DELETE.id();
    }

    static Parsed<V1Payload> parse(WireReader in) {
        int doi = in.int32();
        int protocol = in.u8();
        int spiSize = in.u8();
        int count = in.u16();
        if (in.overran() || in.remaining() != spiSize * count) {
            return Parsed.malformed(count + " SPIs of " + spiSize + " octets do not fill the Delete payload");
        }
        boolean rightSize =
                switch (protocol) {
                    case ProtocolId.ISAKMP -> spiSize == COOKIES;
                    case ProtocolId.AH, ProtocolId.ESP -> spiSize == 4;
                    default -> spiSize != 0 || count == 0;
                };
        if (!rightSize) {
            return Parsed.malformed(
                    "Delete with " + count + " SPIs of " + spiSize + " octets for protocol " + protocol);
        }
        if (count > Limits.MAX_DELETED_SPIS) {
            return Parsed.failed(V1Problem.tooMuch("Delete with " + count + " SPIs"));
        }
        List<Bytes> spis = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            spis.add(Bytes.of(in.bytes(spiSize)));
        }
        return Parsed.ok(new DeletePayload(doi, protocol, spiSize, spis));
    }

    @Override
    public int bodyLength() {
        return 8 + spiSize * spis.size();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.int32(doi).u8(protocolId).u8(spiSize).u16(spis.size());
        spis.forEach(spi -> spi.writeTo(out));
    }
}
