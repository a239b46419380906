package dev.culvert.ike.v1.message;

import dev.culvert.ike.message.Bytes;
import java.util.List;

/**
 * A proposal within an SA payload (RFC 2408 §3.5). Several with the same number belong together: all or none of them.
 *
 * @param number 0 to 255
 * @param protocolId 1 ISAKMP, 2 AH, 3 ESP, 4 IPCOMP; kept if unknown
 * @param spi the sender's SPI: 4 octets for AH and ESP; for ISAKMP up to 16 octets without a meaning
 * @param transforms to choose from, most preferred first; at most 255
 */
public record ProposalPayload(int number, int protocolId, Bytes spi, List<TransformPayload> transforms) {
    public ProposalPayload {
        Limits.requireUnsigned("proposal number", number, 0xff);
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.require(
                isSpiSize(protocolId, spi.length()), "SPI of " + spi.length() + " octets, protocol " + protocolId);
        Limits.requireUnsigned("number of transforms", transforms.size(), 0xff);
        transforms = List.copyOf(transforms);
    }

    static boolean isSpiSize(int protocolId, int size) {
        return switch (protocolId) {
            case ProtocolId.ISAKMP -> size <= 16;
            case ProtocolId.AH, ProtocolId.ESP -> size == 4;
            default -> size <= 0xff;
        };
    }
}
