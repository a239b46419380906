package dev.culvert.ike.message;

import dev.culvert.crypto.Proposal;
import dev.culvert.crypto.SecurityProtocol;
import dev.culvert.crypto.Transform;
import java.util.List;
import java.util.Optional;

/**
 * A proposal substructure (RFC 7296 §3.3.1).
 *
 * @param number 1 to 255
 * @param protocolId 1 IKE, 2 AH, 3 ESP; kept if unknown
 * @param spi the sender's SPI: nothing or 8 octets for IKE, 4 octets for AH and ESP
 * @param transforms in order, unknown ones included; at most 255
 */
public record SaProposal(int number, int protocolId, Bytes spi, List<Transform> transforms) {
    public SaProposal {
        Limits.require(number >= 1 && number <= 255, "proposal number " + number + " is not in 1 to 255");
        Limits.requireUnsigned("protocol", protocolId, 0xff);
        Limits.require(
                isSpiSize(protocolId, spi.length()), "SPI of " + spi.length() + " octets, protocol " + protocolId);
        Limits.requireUnsigned("number of transforms", transforms.size(), 0xff);
        transforms = List.copyOf(transforms);
    }

    /** With the SPI that fits the protocol: {@link Bytes#ofInt}, {@link Bytes#ofLong} or {@link Bytes#EMPTY}. */
    public static SaProposal of(int number, Bytes spi, Proposal proposal) {
        return new SaProposal(number, proposal.protocol().id(), spi, proposal.transforms());
    }

    /** What is proposed, for {@link dev.culvert.crypto.Negotiation}; empty if the protocol is unknown. */
    public Optional<Proposal> proposal() {
        return SecurityProtocol.byId(protocolId).map(protocol -> new Proposal(protocol, transforms));
    }

    static boolean isSpiSize(int protocolId, int size) {
        return switch (protocolId) {
            case ProtocolId.IKE -> size == 0 || size == 8;
            case ProtocolId.AH, ProtocolId.ESP -> size == 4;
            default -> size <= 0xff;
        };
    }
}
