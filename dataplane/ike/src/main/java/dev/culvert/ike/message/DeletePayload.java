package dev.culvert.ike.message;

import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.wire.WireReader;
import dev.culvert.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Delete (RFC 7296 §3.11). For IKE it names no SPI: the SA is that of the message.
 *
 * @param protocolId 1 IKE, 2 AH, 3 ESP; kept if unknown
 * @param spiSize octets of each SPI: 0 for IKE, 4 for AH and ESP
 * @param spis the sender's inbound SPIs, as the sender has them in the SAs it deletes; at most 1024
 */
public record DeletePayload(int protocolId, int spiSize, List<Bytes> spis) implements Payload {
    public DeletePayload {
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.requireUnsigned("SPI size", spiSize, 0xff);
        Limits.requireUnsigned("number of SPIs", spis.size(), Limits.MAX_DELETED_SPIS);
        int size = spiSize;
        Limits.require(spis.stream().allMatch(spi -> spi.length() == size), "an SPI has not " + spiSize + " octets");
        spis = List.copyOf(spis);
    }

    public static DeletePayload ofIkeSa() {
        return new DeletePayload(ProtocolId.IKE, 0, List.of());
    }

    public static DeletePayload ofEsp(List<Integer> spis) {
        return ofChildren(SecurityProtocol.ESP, spis);
    }

    /** Child SAs of one protocol, ESP or AH, by the sender's inbound SPIs. */
    public static DeletePayload ofChildren(SecurityProtocol protocol, List<Integer> spis) {
        return new DeletePayload(
                protocol.id(), 4, spis.stream().map(Bytes::ofInt).toList());
    }

    public boolean isIkeSa() {
        return protocolId == ProtocolId.IKE;
    }

    /** The SPIs of a Delete for AH or ESP as numbers; empty for any other. */
    public List<Integer> childSpis() {
        return spiSize == 4 ? spis.stream().map(spi -> spi.u32(0)).toList() : List.of();
    }

    @Override
    public int typeId() {
        return PayloadType.DELETE.id();
    }

    static Parsed<Payload> parse(WireReader in) {
        int protocol = in.u8();
        int spiSize = in.u8();
        int count = in.u16();
        if (in.overran() || in.remaining() != spiSize * count) {
            return Parsed.malformed(count + " SPIs of " + spiSize + " octets do not fill the Delete payload");
        }
        boolean rightSize =
                switch (protocol) {
                    case ProtocolId.IKE -> spiSize == 0 && count == 0;
                    case ProtocolId.AH, ProtocolId.ESP -> spiSize == 4;
                    default -> spiSize != 0 || count == 0;
                };
        if (!rightSize) {
            return Parsed.malformed(
                    "Delete with " + count + " SPIs of " + spiSize + " octets for protocol " + protocol);
        }
        if (count > Limits.MAX_DELETED_SPIS) {
            return Parsed.failed(Problem.tooMuch("Delete with " + count + " SPIs"));
        }
        List<Bytes> spis = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            spis.add(Bytes.of(in.bytes(spiSize)));
        }
        return Parsed.ok(new DeletePayload(protocol, spiSize, spis));
    }

    @Override
    public int bodyLength() {
        return 4 + spiSize * spis.size();
    }

    @Override
    public void writeBodyTo(WireWriter out) {
        out.u8(protocolId).u8(spiSize).u16(spis.size());
        spis.forEach(spi -> spi.writeTo(out));
    }
}
